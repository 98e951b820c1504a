import { expect, test } from "vitest";
import { programName } from "./program-name.ts";

test.each([
  ["/p/node_modules/.bin/millrace", "/p", "npx millrace"],
  ["C:\\p\\node_modules\\millrace\\bin\\millrace.mjs", "C:\\p", "npx millrace"],
  ["/usr/local/bin/millrace", "/p", "millrace"],
  ["/repo/packages/millrace/bin/millrace.mjs", "/repo", "npm run millrace --"],
  ["/repo/packages/millrace/bin/millrace.mjs", "/repo/pipelines", "npm run millrace --"],
  ["/repo/packages/millrace/bin/millrace.mjs", "/repository", "millrace"],
  ["/repo/packages/millrace/src/cli/main.ts", "/elsewhere/p", "millrace"],
  [undefined, "/p", "millrace"],
])("%s in %s is called %s", (script, cwd, name) => {
  expect(programName(script, cwd)).toBe(name);
});
