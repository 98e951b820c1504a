import { cliPage } from "./cli-page.ts";
import { configurationPage } from "./configuration-page.ts";
import { errorsPage } from "./errors-page.ts";
import { graphPicture } from "./graph-picture.ts";
import { operatorsPage } from "./operators-page.ts";
import { sessionPicture } from "./session-picture.ts";

/** Every page that is made from the code: its path in the repository, and what writes it. */
export const GENERATED_PAGES: Readonly<Record<string, () => string>> = {
  "docs/reference/errors.md": errorsPage,
  "docs/reference/configuration.md": configurationPage,
  "docs/reference/cli.md": cliPage,
  "docs/reference/operators.md": operatorsPage,
  "docs/pictures/session.svg": sessionPicture,
  "docs/pictures/graph.svg": graphPicture,
};
