import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { pythonWith } from "./python-venv.ts";

const run = promisify(execFile);
/** Threads of Arrow that are still at work when Python ends have been seen to abort it, after all was printed. */
const LEAVE = "\nimport os, sys\nsys.stdout.flush()\nos._exit(0)\n";

/** The Python that has delta-rs, an implementation of Delta Lake that shares no code with ours. */
export async function deltaPython(): Promise<string> {
  return await pythonWith("deltalake-1.6.6", ["deltalake==1.6.6", "pyarrow==26.0.1"]);
}

/** Runs a program in it. @returns the JSON that it printed on its last line. @throws Error with what it said, when it fails */
export async function runDelta(program: string, input: unknown = null): Promise<unknown> {
  const { stdout } = await run(await deltaPython(), ["-c", program + LEAVE, JSON.stringify(input)], {
    maxBuffer: 64 * 1_048_576,
  });
  const last = stdout.trim().split("\n").at(-1) ?? "";
  return last === "" ? undefined : JSON.parse(last);
}
