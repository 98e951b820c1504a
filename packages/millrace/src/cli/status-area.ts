import { fitLine } from "./fit-line.ts";

/** How much a person sees at once. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
}

/** Lines that stay below everything that is written. */
export interface StatusArea {
  /** `undefined` where nobody watches. */
  readonly screen: () => Screen | undefined;
  /** Replaces the lines; an empty text takes them away. Lines are cut to the width of the screen. */
  readonly show: (text: string) => void;
  /** Writes a line that stays. */
  readonly writeAbove: (stream: NodeJS.WriteStream, line: string) => void;
}

/** Makes such lines at the end of a terminal. Where it is none, nothing of them is shown. */
export function makeStatusArea(terminal: NodeJS.WriteStream): StatusArea {
  let shown: readonly string[] = [];
  const screen = (): Screen | undefined =>
    terminal.isTTY ? { columns: terminal.columns || 80, rows: terminal.rows || 24 } : undefined;
  return {
    screen,
    show(text) {
      const room = screen();
      if (!room) return;
      const next = text === "" ? [] : text.split("\n").map((line) => fitLine(line, Math.max(20, room.columns - 1)));
      if (next.join("\n") === shown.join("\n")) return;
      terminal.write(cleared(shown) + next.join("\n"));
      shown = next;
    },
    writeAbove(stream, line) {
      if (shown.length > 0) terminal.write(cleared(shown));
      stream.write(`${line}\n`);
      if (shown.length > 0) terminal.write(shown.join("\n"));
    },
  };
}

/** Takes lines away: from the last of them up to the first, and everything below. */
function cleared(lines: readonly string[]): string {
  return lines.length > 1 ? `\r\u001b[${lines.length - 1}A\u001b[J` : "\r\u001b[2K";
}
