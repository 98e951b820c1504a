/** A fenced block of a Markdown page. */
export interface PageBlock {
  /** The heading that it stands under. */
  readonly section: string;
  readonly language: string;
  /** `file=dags/a.ts` behind the language. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly lines: readonly string[];
  /** Of its first line in the page, from 1. */
  readonly line: number;
}

/** The fenced blocks of a page, in order. */
export function pageBlocks(page: string): readonly PageBlock[] {
  const blocks: PageBlock[] = [];
  let section = "";
  let open: { readonly info: string; readonly lines: string[]; readonly line: number } | undefined;
  for (const [index, line] of page.split("\n").entries()) {
    if (!open) {
      section = /^#+ (.+)$/.exec(line)?.[1] ?? section;
      const info = /^```(.+)$/.exec(line)?.[1];
      if (info !== undefined) open = { info, lines: [], line: index + 2 };
    } else if (line === "```") {
      const [language, ...attributes] = open.info.split(" ");
      const pairs = attributes.map((attribute) => attribute.split("=") as [string, string]);
      blocks.push({ section, language, attributes: Object.fromEntries(pairs), lines: open.lines, line: open.line });
      open = undefined;
    } else open.lines.push(line);
  }
  return blocks;
}
