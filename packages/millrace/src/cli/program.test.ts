import pc from "picocolors";
import { describe, expect, test } from "vitest";
import { commandTree } from "./command-tree.ts";
import { completeWords } from "./complete-words.ts";
import { EXAMPLES } from "./examples.ts";
import { OLD_WORDS } from "./old-words.ts";
import { makeProgram, runProgram } from "./program.ts";
import type { Terminal } from "./terminal.ts";

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function aTerminal(): { readonly terminal: Terminal; readonly said: () => Omit<Said, "code"> } {
  let out = "";
  let err = "";
  const paint = pc.createColors(false);
  const terminal = {
    cwd: "/nowhere",
    env: {},
    user: "ada",
    program: "npx millrace",
    isInteractive: false,
    paint,
    paintTalk: paint,
    print: (line: string) => (out += `${line}\n`),
    say: (line: string) => (err += `${line}\n`),
    status: () => undefined,
    onStopSignal: () => () => undefined,
  };
  return { terminal: terminal as unknown as Terminal, said: () => ({ out, err }) };
}

async function run(...args: readonly string[]): Promise<Said> {
  const { terminal, said } = aTerminal();
  return { code: await runProgram(terminal, args), ...said() };
}

const program = makeProgram({ terminal: aTerminal().terminal, outcome: { exitCode: 0 } });
const tree = commandTree(program);
const paths = tree.map(({ path }) => path.join(" "));
/** `millrace a b` in a text: the words of a command, its arguments perhaps after them. */
const namedIn = (text: string): readonly string[] =>
  [...text.matchAll(/`millrace ([a-z-]+(?: [a-z][a-z-]*)?)[^`]*`/g)].map(([, words]) => words);

describe("examples", () => {
  test.each(paths)("%s has one", (path) => {
    expect(EXAMPLES[path]?.length).toBeGreaterThan(0);
  });

  test.each(Object.entries(EXAMPLES).flatMap(([path, lines]) => lines.map((line) => [path, line])))(
    "%s: %s names it, with options that it has and arguments that suffice",
    (path, line) => {
      const words = [...line.replace(/^source <\((.*)\)$/, "$1").matchAll(/'[^']*'|\S+/g)].map(([word]) =>
        word.replaceAll("'", ""),
      );
      const [first, ...rest] = words.slice(
        0,
        words.some((word) => /^[<>]$/.test(word)) ? words.findIndex((word) => /^[<>]$/.test(word)) : undefined,
      );
      expect(first).toBe("millrace");
      const named = tree.find(
        ({ command, path: each }) =>
          command.commands.length === 0 &&
          rest.join(" ").startsWith(each.join(" ")) &&
          rest[each.length - 1] === each.at(-1),
      );
      expect(named?.path.join(" ").startsWith(path)).toBe(true);
      const { operands, unknown } = named!.command.parseOptions(rest.slice(named!.path.length));
      expect(unknown.filter((word) => word.startsWith("--") && word !== "--")).toEqual([]);
      const needed = named!.command.registeredArguments.filter((argument) => argument.required);
      expect(operands.length + unknown.length).toBeGreaterThanOrEqual(needed.length);
    },
  );

  test("help shows them, as this program is called here", async () => {
    const { code, out } = await run("pools", "set", "--help");
    expect(code).toBe(0);
    expect(out).toContain("Examples:\n  npx millrace pools set heavy 4 'large machines'\n");
    expect((await run("help", "pools", "set")).out).toBe(out);
  });
});

describe("words of other systems", () => {
  test.each(Object.keys(OLD_WORDS))("%s is no command, and its hint names commands that exist", (word) => {
    expect(paths).not.toContain(word);
    for (const named of namedIn(OLD_WORDS[word])) {
      const [first, second] = named.split(" ");
      expect(
        paths.includes(named) ||
          (paths.includes(first) && !paths.some((path) => path.startsWith(`${first} `)) && second === undefined),
      ).toBe(true);
    }
  });

  test.each([
    [["initdb"], "It is `npx millrace db migrate`"],
    [["list_dags"], "It is `npx millrace dags list`"],
    [["celery", "worker"], "executor.workers"],
    [["create_user"], "It is `npx millrace users create`"],
    [["tasks", "run", "orders", "load", "now"], "`npx millrace tasks test`"],
    [["job", "backfill"], "`npx millrace backfill create`"],
  ])("%j is a wrong use, with what to do instead", async (args, hint) => {
    const { code, out, err } = await run(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(hint);
    expect(err).toContain("(BAD_ARGUMENT)");
  });
});

describe("wrong words", () => {
  test.each([
    [["dags", "triger"], "Did you mean trigger?"],
    [["trigger", "orders"], "Did you mean `npx millrace dags trigger`?"],
    [["variable", "lst"], "Did you mean list?"],
    [["nonsense"], "`npx millrace --help` shows what there is."],
  ])("%j suggests the right ones", async (args, hint) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toContain(hint);
  });

  test("a wrong option suggests the right one", async () => {
    const { code, err } = await run("pools", "list", "--ouput", "json");
    expect(code).toBe(2);
    expect(err).toContain("--output");
  });
});

test("what job does not have is that of dags", async () => {
  expect((await run("job", "trigger", "--help")).out).toContain("Usage: millrace dags trigger");
  expect((await run("job", "execute", "--help")).out).toContain("Usage: millrace job execute");
});

test("cheat-sheet has every command in a row", async () => {
  const { code, out } = await run("cheat-sheet", "-o", "json");
  expect(code).toBe(0);
  const rows = JSON.parse(out) as readonly { readonly command: string; readonly description: string }[];
  expect(rows).toContainEqual({ command: "millrace pools list", description: "list all pools" });
  expect(rows.every(({ description }) => description !== "")).toBe(true);
  expect(rows.map(({ command }) => command)).not.toContain("millrace __complete");
});

describe("completion", () => {
  const known = {
    dags: new Map([
      ["orders", ["load", "sum"]],
      ["other", ["one"]],
    ]),
  };
  const words = (...line: readonly string[]): readonly string[] =>
    completeWords(program, line, known).map(({ word }) => word);

  test.each([
    [["po"], ["pools"]],
    [["pools", "ex"], ["export"]],
    [["dags", "trigger", "or"], ["orders"]],
    [["dags", "pause", "orders", "ot"], ["other"]],
    [
      ["dags", "list-runs", "-d", ""],
      ["orders", "other"],
    ],
    [
      ["tasks", "logs", "orders", ""],
      ["load", "sum"],
    ],
    [["tasks", "state", "orders", "load", "l"], ["latest"]],
    [["pools", "list", "--output", "j"], ["json"]],
    [["dags", "trigger", "--lo"], ["--logical-date"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["variables", "get", ""], []],
  ])("after %j come %j", (line, expected) => {
    expect(words(...line)).toEqual(expected);
  });

  test("no hidden command is offered", () => {
    expect(words("")).not.toContain("__complete");
  });
});
