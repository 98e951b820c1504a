import { readFileSync } from "node:fs";
import { join } from "node:path";

const MODULES = join(import.meta.dirname, "../../node_modules");

/** Version and licence of an installed package, from its own package.json. */
export function packageFacts(packageName: string): { readonly version: string; readonly license: string } {
  const { version, license } = JSON.parse(readFileSync(join(MODULES, packageName, "package.json"), "utf8")) as {
    version: string;
    license: string;
  };
  return { version, license };
}
