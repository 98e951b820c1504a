// npm run check [-- step…]: looks at the whole tree, prints each step with its time, and fails when any step is red.
import path from "node:path";
import { STEPS } from "./check/steps.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`no such step: ${unknown.join(", ")}. There are: ${STEPS.map((step) => step.name).join(", ")}`);
  process.exit(2);
}

const startedAt = performance.now();
const red: string[] = [];
for (const step of STEPS) {
  if (wanted.length > 0 && !wanted.includes(step.name)) continue;
  const stepStartedAt = performance.now();
  const { isGreen, readCount, unit, report } = await step.run(ROOT);
  console.log(`${isGreen ? "ok " : "RED"} ${step.name.padEnd(11)} ${seconds(stepStartedAt)}  ${readCount} ${unit}`);
  if (isGreen) continue;
  red.push(step.name);
  console.log(report.trimEnd());
}
console.log(`${red.length === 0 ? "ok " : "RED"} ${"check".padEnd(11)} ${seconds(startedAt)}  ${red.join(", ")}`);
process.exitCode = red.length === 0 ? 0 : 1;

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1).padStart(5)} s`;
}
