/** A section of an INI file. */
export interface IniSection {
  readonly name: string;
  readonly options: readonly { readonly key: string; readonly value: string }[];
}

/** Sections as the INI text that Airflow sends and Python's `configparser` reads: an empty line between sections, values of several lines indented. */
export function iniText(sections: readonly IniSection[]): string {
  return sections.map(sectionText).join("\n");
}

function sectionText({ name, options }: IniSection): string {
  const lines = options.map(({ key, value }) => `${key} = ${value.replaceAll(/\r\n|\r|\n/g, "\n\t")}`);
  return [`[${name}]`, ...lines, ""].join("\n");
}
