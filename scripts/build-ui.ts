// Builds the interface into packages/ui/dist, unless it is built from these very sources: `build-ui.ts [--if-stale]`.
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "vite";

const ROOT = path.resolve(import.meta.dirname, "..");
const UI = path.join(ROOT, "packages/ui");
const STAMP = path.join(UI, "dist/.built-from");
/** The interface and what it is compiled with: the client and the model. */
const SOURCES = [
  "packages/ui/{src,public}/**/*.*",
  "packages/ui/{index.html,vite.config.ts,package.json}",
  "packages/{api,core}/src/**/*.*",
  "package-lock.json",
];

const sources = fingerprint();
const isCurrent = existsSync(STAMP) && readFileSync(STAMP, "utf8") === sources;
if (!process.argv.includes("--if-stale") || !isCurrent) {
  process.stderr.write("millrace: building the interface (some ten seconds, when its sources have changed)\n");
  const startedAt = performance.now();
  await build({ root: UI, configFile: path.join(UI, "vite.config.ts"), logLevel: "warn" });
  writeFileSync(STAMP, sources);
  process.stderr.write(`millrace: built in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s\n`);
}

/** Names, sizes and times of change: quicker than reading, and a fresh clone builds once either way. */
function fingerprint(): string {
  const files = globSync(SOURCES, { cwd: ROOT, exclude: ["**/*.test.ts", "**/*.itest.ts"] }).sort();
  const hash = createHash("sha256");
  for (const file of files) {
    const { size, mtimeMs } = statSync(path.join(ROOT, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return `${hash.digest("hex")}\n`;
}
