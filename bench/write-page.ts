// Writes the results of `npm run bench -- --json FILE` into the page of the reference: node bench/write-page.ts FILE
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { format } from "prettier";
import { withResults } from "./report/performance-page.ts";
import type { Results } from "./report/results.ts";

const PAGE = resolve(import.meta.dirname, "../docs/reference/performance.md");
const [, , file] = process.argv;

if (file === undefined) {
  console.error("usage: node bench/write-page.ts FILE, with what `npm run bench -- --json FILE` wrote");
  process.exitCode = 2;
} else {
  const results = JSON.parse(readFileSync(file, "utf8")) as Results;
  const page = withResults(readFileSync(PAGE, "utf8"), results);
  writeFileSync(PAGE, await format(page, { parser: "markdown" }));
  console.log(PAGE);
}
