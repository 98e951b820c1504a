import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where the built interface lies: beside the code in a published package, in its own package in the repository. */
const PLACES = ["../../ui/", "../../../ui/dist/"];

/** The folder of the built interface; undefined when it is not built. */
export function findUiFolder(): string | undefined {
  return PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((folder) =>
    existsSync(`${folder}index.html`),
  );
}
