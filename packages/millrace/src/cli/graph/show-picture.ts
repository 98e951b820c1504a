import { writeFileSync } from "node:fs";
import { extname, resolve } from "node:path";
import { MillraceError } from "@millrace/core";
import { Option, type Command } from "commander";
import { stringify } from "yaml";
import type { Cell } from "../output/print-rows.ts";
import type { Terminal } from "../terminal.ts";
import { drawDot } from "./draw-dot.ts";
import { drawMermaid } from "./draw-mermaid.ts";
import { drawSvg } from "./draw-svg.ts";
import { drawText, type TextStyle } from "./draw-text.ts";
import { drawTree } from "./draw-tree.ts";
import { ASCII, needsAscii, UNICODE } from "./line-sets.ts";
import type { Picture } from "./picture.ts";

const FILE_FORMATS: Readonly<Record<string, (picture: Picture) => string>> = {
  ".svg": drawSvg,
  ".dot": drawDot,
  ".gv": drawDot,
  ".mmd": drawMermaid,
  ".mermaid": drawMermaid,
};

/** Options of commands that draw a graph. */
export interface PictureOptions {
  readonly save?: string;
  readonly output: "graph" | "tree" | "json" | "yaml";
  readonly ascii?: true;
  readonly width?: string;
}

/** Adds `--save`, `-o`, `--ascii` and `--width`. */
export function addPictureOptions(command: Command): Command {
  return command
    .option("-s, --save <file>", "write it to a file instead, by its ending: .svg, .dot (Graphviz) or .mmd (Mermaid)")
    .addOption(
      new Option("-o, --output <format>", "how to print; a graph that is too wide becomes a tree")
        .choices(["graph", "tree", "json", "yaml"])
        .default("graph"),
    )
    .addOption(new Option("--json", "the same as --output json").implies({ output: "json" }))
    .option("--ascii", "draw with ASCII characters only; default where the locale is not UTF-8")
    .option("--width <columns>", "room for the drawing; default the width of the terminal, or 120");
}

/** What is to be shown, and how. */
export interface Showing {
  readonly picture: Picture;
  /** The same for programs. */
  readonly data: Cell;
  readonly options: PictureOptions;
}

/** Draws a graph into the terminal, prints it as data, or writes it to a file. @throws MillraceError BAD_ARGUMENT */
export function showPicture(terminal: Terminal, { picture, data, options }: Showing): void {
  const width = readWidth(options.width) ?? terminal.columns;
  if (options.save !== undefined) return save(terminal, picture, options.save);
  if (options.output === "json") return terminal.print(JSON.stringify(data, undefined, 2));
  if (options.output === "yaml") return terminal.print(stringify(data).trimEnd());
  if (picture.nodes.length === 0) return terminal.say(`${picture.title} is empty: there is nothing to draw.`);
  const charset = options.ascii || needsAscii(terminal.env) ? ASCII : UNICODE;
  const style: TextStyle = { charset, paint: terminal.paint, width };
  const drawn = options.output === "tree" ? undefined : drawText(picture, style);
  for (const line of drawn ?? drawTree(picture, style)) terminal.print(line);
  if (drawn) {
    const hasBoth = new Set(picture.edges.map(({ via }) => via)).size === 2;
    const { data: solid, order: dotted } = charset.lines;
    if (hasBoth)
      terminal.say(
        terminal.paintTalk.dim(`${solid(0).repeat(3)} a result goes along   ${dotted(0).repeat(3)} order only`),
      );
  } else if (options.output === "graph")
    terminal.say(
      terminal.paintTalk.dim(
        `Too large to draw in ${width} columns, so this is its tree: each task once, below the last of its upstream tasks. --save graph.svg draws it all.`,
      ),
    );
}

function save(terminal: Terminal, picture: Picture, file: string): void {
  const ending = extname(file).toLowerCase();
  const draw = Object.hasOwn(FILE_FORMATS, ending) ? FILE_FORMATS[ending] : undefined;
  if (!draw)
    throw new MillraceError(
      "BAD_ARGUMENT",
      `--save ${file}: the ending says the format, and "${ending}" is none of them`,
      {
        details: {
          hint: "There are .svg, .dot and .mmd; `dot -Tpng graph.dot -o graph.png` makes other formats of a .dot file.",
        },
      },
    );
  try {
    writeFileSync(resolve(terminal.cwd, file), draw(picture));
  } catch (error) {
    throw new MillraceError("BAD_ARGUMENT", `${file} cannot be written: ${(error as Error).message}`, { cause: error });
  }
  terminal.say(`${picture.title} written to ${file}`);
}

function readWidth(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const width = Number(text);
  if (Number.isInteger(width) && width > 0) return width;
  throw new MillraceError("BAD_ARGUMENT", `--width must be a whole number from 1, not ${text}`);
}
