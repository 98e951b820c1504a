// node scripts/ci-summary.ts <name>:<exit code>[:<Vitest JSON report>]…   The last line of a CI run, and its exit code.
import { existsSync, readFileSync } from "node:fs";
import { summarize, type PartResult } from "./test-report.ts";

const summary = summarize(process.argv.slice(2).map(readPart));
for (const note of summary.notes) console.log(note);
console.log(summary.line);
process.exitCode = summary.isGreen ? 0 : 1;

function readPart(argument: string): PartResult {
  const [name = "", exitCode = "1", file] = argument.split(":");
  const part = { name, exitCode: Number(exitCode) };
  if (file === undefined) return part;
  return { ...part, report: existsSync(file) ? readFileSync(file, "utf8") : "" };
}
