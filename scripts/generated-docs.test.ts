import { readFileSync } from "node:fs";
import path from "node:path";
import { ERROR_TABLE } from "@millrace/core";
import { expect, test } from "vitest";
import { errorsPage } from "./docs/errors-page.ts";
import { GENERATED_PAGES } from "./docs/generated-pages.ts";

const ROOT = path.resolve(import.meta.dirname, "..");

test.each(Object.entries(GENERATED_PAGES))(
  "%s says what the code says (run scripts/generate-docs.ts)",
  (file, write) => {
    expect(readFileSync(path.join(ROOT, file), "utf8")).toBe(write());
  },
);

test("every error code has a line", () => {
  const page = errorsPage();
  for (const code of Object.keys(ERROR_TABLE)) expect(page).toContain(`| \`${code}\` |`);
});
