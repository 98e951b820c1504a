import { MillraceError } from "@millrace/core";

/** Names with commas between, each of them known. @param what they are, for the error. @throws MillraceError BAD_ARGUMENT */
export function namesOf<Name extends string>(text: string, known: readonly Name[], what: string): readonly Name[] {
  return text.split(",").map((each) => {
    const found = known.find((name) => name === each.trim());
    if (found) return found;
    throw new MillraceError("BAD_ARGUMENT", `"${each}" is no ${what}; there are ${known.join(", ")}`);
  });
}
