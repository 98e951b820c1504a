// Writes the pages of docs/reference that are made from the code: node scripts/bootstrap.mjs scripts/generate-docs.ts
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { GENERATED_PAGES } from "./docs/generated-pages.ts";

const ROOT = path.resolve(import.meta.dirname, "..");

for (const [file, write] of Object.entries(GENERATED_PAGES)) {
  const target = path.join(ROOT, file);
  mkdirSync(path.dirname(target), { recursive: true });
  try {
    writeFileSync(target, write());
    console.log(file);
  } catch (error) {
    // The other pages can be written all the same.
    console.error(`${file} cannot be written: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
