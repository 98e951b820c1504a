import { readFileSync } from "node:fs";
import path from "node:path";
import { cliPage } from "./cli-page.ts";
import { configurationPage } from "./configuration-page.ts";
import { errorsPage } from "./errors-page.ts";
import { graphPicture } from "./graph-picture.ts";
import { operatorsPage } from "./operators-page.ts";
import { providerPages } from "./provider-pages.ts";
import { sessionPicture } from "./session-picture.ts";
import { v1Types, type Contract } from "./v1-types.ts";

const CONTRACT = path.resolve(import.meta.dirname, "../../packages/api/src/v1/contract.json");

/** Every page that is made from the code: its path in the repository, and what writes it. */
export const GENERATED_PAGES: Readonly<Record<string, () => string>> = {
  "docs/reference/errors.md": errorsPage,
  "docs/reference/configuration.md": configurationPage,
  "docs/reference/cli.md": cliPage,
  "docs/reference/operators.md": operatorsPage,
  ...(await providerPages()),
  "docs/pictures/session.svg": sessionPicture,
  "docs/pictures/graph.svg": graphPicture,
  "packages/api/src/v1/contract-types.ts": () => v1Types(JSON.parse(readFileSync(CONTRACT, "utf8")) as Contract),
};
