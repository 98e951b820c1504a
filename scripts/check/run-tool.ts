import { spawn } from "node:child_process";
import path from "node:path";

/** How a tool ended and all that it printed. */
export interface ToolResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a JavaScript file of `root`'s node_modules with this Node, in `root`, and collects what it prints.
 *
 * @param file path below node_modules, such as `"typescript/bin/tsc"`.
 * @returns also for a failing tool; a tool that a signal ended has exit code 1.
 */
export function runTool(root: string, file: string, args: readonly string[]): Promise<ToolResult> {
  const child = spawn(process.execPath, [path.join(root, "node_modules", file), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    // Where CI is set some tools print colours into a pipe, and a coloured line is not the line that a step looks for.
    env: { ...process.env, FORCE_COLOR: "0", NO_COLOR: "1" },
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({
        exitCode: code ?? 1,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
      });
    });
  });
}
