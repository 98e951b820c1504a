/** An object with one optional property: `{}` when there is no value for it. */
export function given<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Readonly<Partial<Record<Name, Value>>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, Value>>;
}

/** Names in a list with commas between; undefined when there is none. */
export function namesIn(list: string | undefined): readonly string[] | undefined {
  const names = list
    ?.split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return names?.length === 0 ? undefined : names;
}
