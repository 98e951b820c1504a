import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import type { PageBlock } from "./page-blocks.ts";
import { compareOutput, isMore, shownLine } from "./shown-output.ts";

const MAIN = resolve(import.meta.dirname, "../../packages/millrace/src/cli/main.ts");
const LINE_TIMEOUT_MS = 40_000;

/** Plays the blocks of a page as a reader would, in a fresh folder. */
export interface PagePlayer extends AsyncDisposable {
  /** Writes a file, applies an edit or types commands, and compares what is printed. @throws Error that names the page's line. */
  play(block: PageBlock): Promise<void>;
}

/**
 * Makes a player. `ts file=…` writes a file, `diff file=…` edits one, `console` types what stands after `$`; `console terminal=1` is a terminal in
 * which a program keeps running. `npm run millrace --` and `npx` are taken short, and `pkill` ends only what the player has started.
 */
export async function pagePlayer(): Promise<PagePlayer> {
  const root = await mkdtemp(join(tmpdir(), "millrace-page-"));
  const stage: Stage = { folder: join(root, "millrace") };
  await mkdir(stage.folder);
  return {
    async play(block) {
      try {
        await playBlock(stage, block);
      } catch (error) {
        throw new Error(`line ${block.line}: ${(error as Error).message}`, { cause: error });
      }
    },
    async [Symbol.asyncDispose]() {
      await stage.terminal?.end("SIGINT");
      await rm(root, { recursive: true, force: true });
    },
  };
}

interface Stage {
  folder: string;
  terminal?: Terminal;
}

async function playBlock(stage: Stage, block: PageBlock): Promise<void> {
  const { language, attributes, lines } = block;
  if (language === "console" && attributes.terminal !== undefined) await playTerminal(stage, lines);
  else if (language === "console") await playCommands(stage, lines, Number(attributes.exit ?? 0));
  else if (language === "diff") await edit(join(stage.folder, attributes.file), lines);
  else if (attributes.file !== undefined) await write(join(stage.folder, attributes.file), `${lines.join("\n")}\n`);
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

async function edit(file: string, diff: readonly string[]): Promise<void> {
  const side = (sign: string): string =>
    diff.flatMap((line) => (line.startsWith(sign) || line.startsWith(" ") ? [`${line.slice(1)}\n`] : [])).join("");
  const before = await readFile(file, "utf8");
  if (before.split(side("-")).length !== 2)
    throw new Error(`${file} does not have exactly once:\n${side("-")}\n${before}`);
  await writeFile(
    file,
    before.replace(side("-"), () => side("+")),
  );
}

async function playCommands(stage: Stage, lines: readonly string[], exitCode: number): Promise<void> {
  const starts = lines.flatMap((line, index) => (line.startsWith("$ ") ? [index] : []));
  for (const [position, start] of starts.entries()) {
    const command = lines[start].slice(2);
    const { code, printed } = await type(stage, command);
    const wrong = compareOutput(lines.slice(start + 1, starts[position + 1]), printed);
    if (wrong.length > 0) throw new Error([`$ ${command}`, ...wrong].join("\n"));
    if (code !== exitCode && !command.startsWith("npx tsc"))
      throw new Error([`$ ${command} ended with ${code}`, ...printed].join("\n"));
  }
}

async function type(
  stage: Stage,
  command: string,
): Promise<{ readonly code: number; readonly printed: readonly string[] }> {
  const folder = /^cd (\S+)$/.exec(command)?.[1];
  if (folder !== undefined) {
    stage.folder = resolve(stage.folder, folder);
    return { code: 0, printed: [] };
  }
  if (command.startsWith("pkill -9 ")) {
    await stage.terminal?.end("SIGKILL");
    return { code: 0, printed: [] };
  }
  const child = launch(stage.folder, `${command} 2>&1`);
  let out = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
  const [code] = (await once(child, "close")) as [number];
  return { code, printed: out.split("\n") };
}

async function playTerminal(stage: Stage, lines: readonly string[]): Promise<void> {
  const command = lines.find((line) => line.startsWith("$ "))?.slice(2);
  if (command !== undefined) stage.terminal = new Terminal(launch(stage.folder, `exec ${command}`));
  for (const line of lines) {
    if (!line.startsWith("$ ") && !isMore(line)) await stage.terminal?.until(shownLine(line));
  }
}

/** A program that keeps running, and the lines of it that nobody has asked for yet. */
class Terminal {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #lines: string[] = [];
  #rest = "";
  #watch: () => void = () => undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, "exit");
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (this.#rest + text).split("\n");
      this.#rest = lines.pop() ?? "";
      this.#lines.push(...lines.map((line) => line.trimEnd()));
      this.#watch();
    });
  }

  async until(pattern: RegExp): Promise<void> {
    const { promise, resolve: found, reject } = Promise.withResolvers<void>();
    this.#watch = () => {
      const at = this.#lines.findIndex((line) => pattern.test(line));
      if (at < 0) return;
      this.#lines.splice(at, 1);
      found();
    };
    this.#watch();
    const timer = setTimeout(
      () => reject(new Error(`the terminal did not print ${pattern.source}; it did print\n${this.#lines.join("\n")}`)),
      LINE_TIMEOUT_MS,
    );
    await promise.finally(() => clearTimeout(timer));
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal);
    await this.#ended;
  }
}

function launch(folder: string, command: string): ChildProcess {
  const own = `"${process.execPath}" "${MAIN}"`;
  const short = command.replace("npm run millrace --", own).replace("npx millrace", own).replace("npx ", "");
  return spawn("bash", ["-c", short], { cwd: folder, stdio: ["ignore", "pipe", "inherit"], env: environment(folder) });
}

/** Without the settings of whoever runs the tests, and with the programs of the project first. */
function environment(folder: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(MILLRACE_|npm_|NODE_|VITEST|FORCE_COLOR)/i.test(name),
  );
  const first = [join(folder, "node_modules/.bin"), dirname(process.execPath)];
  return { ...Object.fromEntries(kept), NO_COLOR: "1", PATH: [...first, process.env.PATH].join(delimiter) };
}
