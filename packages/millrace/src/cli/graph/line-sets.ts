import { SIDE, type LineSet } from "./text-canvas.ts";

/** The characters of a drawing. */
export interface Charset {
  readonly isAscii: boolean;
  readonly lines: LineSet;
  readonly box: Frame;
  readonly roundBox: Frame;
  readonly group: Frame;
  readonly arrowDown: string;
  readonly arrowUp: string;
  /** Where a line leaves a box, and where one comes back to it. */
  readonly outlet: string;
  readonly ellipsis: string;
  readonly dot: string;
  readonly branch: string;
  readonly lastBranch: string;
  readonly trunk: string;
  readonly next: string;
}

/** Corners from the top left clockwise, then the horizontal and the vertical side. */
export interface Frame {
  readonly corners: readonly [string, string, string, string];
  readonly horizontal: string;
  readonly vertical: string;
}

const VERTICAL = SIDE.up | SIDE.down;
const HORIZONTAL = SIDE.left | SIDE.right;

const JOINTS: Readonly<Record<number, string>> = {
  [SIDE.down | SIDE.right]: "╭",
  [SIDE.down | SIDE.left]: "╮",
  [SIDE.up | SIDE.right]: "╰",
  [SIDE.up | SIDE.left]: "╯",
  [VERTICAL | SIDE.right]: "├",
  [VERTICAL | SIDE.left]: "┤",
  [HORIZONTAL | SIDE.down]: "┬",
  [HORIZONTAL | SIDE.up]: "┴",
  [VERTICAL | HORIZONTAL]: "┼",
};

function unicodeLine(vertical: string, horizontal: string): (sides: number) => string {
  return (sides) => JOINTS[sides] ?? ((sides & VERTICAL) !== 0 ? vertical : horizontal);
}

function asciiLine(vertical: string, horizontal: string): (sides: number) => string {
  return (sides) => {
    if ((sides & VERTICAL) === 0) return horizontal;
    return (sides & HORIZONTAL) === 0 ? vertical : "+";
  };
}

/** Box characters of Unicode. */
export const UNICODE: Charset = {
  isAscii: false,
  lines: { data: unicodeLine("│", "─"), order: unicodeLine("┊", "┈") },
  box: { corners: ["┌", "┐", "┘", "└"], horizontal: "─", vertical: "│" },
  roundBox: { corners: ["╭", "╮", "╯", "╰"], horizontal: "─", vertical: "│" },
  group: { corners: ["╔", "╗", "╝", "╚"], horizontal: "═", vertical: "║" },
  arrowDown: "▼",
  arrowUp: "▲",
  outlet: "┬",
  ellipsis: "…",
  dot: "·",
  branch: "├─ ",
  lastBranch: "└─ ",
  trunk: "│  ",
  next: "↓ ",
};

/** For terminals that have no others. */
export const ASCII: Charset = {
  isAscii: true,
  lines: { data: asciiLine("|", "-"), order: asciiLine(":", ".") },
  box: { corners: ["+", "+", "+", "+"], horizontal: "-", vertical: "|" },
  roundBox: { corners: [".", ".", "'", "'"], horizontal: "-", vertical: "|" },
  group: { corners: ["#", "#", "#", "#"], horizontal: "=", vertical: "#" },
  arrowDown: "v",
  arrowUp: "^",
  outlet: "+",
  ellipsis: "...",
  dot: "-",
  branch: "|- ",
  lastBranch: "`- ",
  trunk: "|  ",
  next: "> ",
};

/** True where nothing says that the terminal shows Unicode: `LC_ALL`, `LC_CTYPE` or `LANG` names another encoding, or `TERM` is `dumb`. */
export function needsAscii(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((text) => text !== undefined && text !== "");
  if (env.TERM === "dumb") return true;
  // Without any locale, as in many containers, terminals still show UTF-8; C and POSIX by name ask for ASCII.
  return locale !== undefined && !/utf-?8/i.test(locale);
}
