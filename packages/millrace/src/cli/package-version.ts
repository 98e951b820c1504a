import { readFileSync } from "node:fs";

/** The version in the package.json of `millrace`. */
export function packageVersion(): string {
  // The same number of folders up from src/cli and from dist/cli.
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
  };
  return version;
}
