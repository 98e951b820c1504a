import type { Terminal } from "./terminal.ts";

/** Names commands in a text as they are called here: `millrace …` may be `npx millrace …`. */
export function nameProgram(text: string, { program }: Pick<Terminal, "program">): string {
  return text.replaceAll(/(?<=[`"])millrace (?=[a-z-])/g, `${program} `);
}
