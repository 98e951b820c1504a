import { EventEmitter, once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { openTerminal, type Terminal } from "./terminal.ts";

/** A process at which a person sits. */
function personAt(): {
  readonly terminal: Terminal;
  readonly stdin: PassThrough;
  readonly signals: EventEmitter;
  readonly shown: () => string;
} {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 40 });
  const signals = Object.assign(new EventEmitter(), {
    stdin,
    stdout: new PassThrough(),
    stderr,
    argv: [],
    cwd: () => "/",
  });
  let shown = "";
  stderr.setEncoding("utf8").on("data", (text: string) => (shown += text));
  const terminal = openTerminal({ process: signals as unknown as NodeJS.Process, env: {}, user: "ada" });
  return { terminal, stdin, signals, shown: () => shown };
}

test.each([
  ["y", "y\r", true],
  ["Yes", "Yes\r", true],
  ["nothing", "\r", false],
  ["n", "n\r", false],
  ["Ctrl-C", "\u0003", false],
  ["Ctrl-D", "\u0004", false],
])("a question that is answered with %s", async (_, typed, answer) => {
  const { terminal, stdin } = personAt();
  const asked = terminal.confirm("Sure?");
  stdin.write(typed);
  expect(await asked).toBe(answer);
});

test("a question is over when the terminal goes away, or a signal comes", async () => {
  const gone = personAt();
  const first = gone.terminal.confirm("Sure?");
  gone.stdin.end();
  expect(await first).toBe(false);
  const told = personAt();
  const second = told.terminal.confirm("Sure?");
  told.signals.emit("SIGTERM");
  expect(await second).toBe(false);
  expect(told.signals.listenerCount("SIGTERM")).toBe(0);
});

test("the live line is cut to the width of the terminal and stays below what is said", async () => {
  const { terminal, shown } = personAt();
  terminal.status("x".repeat(100));
  terminal.say("a line");
  terminal.status("");
  await once(new PassThrough().end().resume(), "end");
  expect(shown()).toBe(`\r\u001b[2K${"x".repeat(39)}\r\u001b[2Ka line\n${"x".repeat(39)}\r\u001b[2K`);
});
