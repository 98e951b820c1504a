import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { makeCheck } from "../check.ts";
import { packageVersion } from "../../cli/package-version.ts";
import { ok, warn, type Verdict } from "../verdict.ts";

/** What an editor and `tsc` find in the project. */
export interface TypeScriptFacts {
  readonly hasTsconfig: boolean;
  /** Of the `millrace` that DAG files import; absent when there is none. */
  readonly imported?: string;
  readonly running: string;
}

/** DAG files run without either; their mistakes then show when they run and not when they are written. */
export function judgeTypeScript({ hasTsconfig, imported, running }: TypeScriptFacts): readonly Verdict[] {
  if (imported === undefined)
    return [
      warn(
        "the package millrace is not installed here, so editors know nothing of its types",
        "npm install --save-dev millrace",
      ),
    ];
  if (imported !== running)
    return [
      warn(
        `DAG files see the types of millrace ${imported}, and this is ${running}`,
        `npm install millrace@${running}, or call the one that is installed: npx millrace`,
      ),
    ];
  if (!hasTsconfig)
    return [
      warn(
        "there is no tsconfig.json: editors check less than they could",
        "`millrace init` in an empty folder shows one that fits.",
      ),
    ];
  return [ok(`tsconfig.json is there, and the types are those of millrace ${imported}`)];
}

/** Types for whoever writes DAG files. */
export const typescriptCheck = makeCheck({
  name: "typescript",
  about: "tsconfig.json, and whether the types that DAG files see are those of this Millrace",
  needs: "project",
  gather: ({ projectFolder }): Promise<TypeScriptFacts> => {
    const imported = findImported(projectFolder);
    return Promise.resolve({
      hasTsconfig: existsSync(join(projectFolder, "tsconfig.json")),
      running: packageVersion(),
      ...(imported !== undefined && { imported }),
    });
  },
  judge: judgeTypeScript,
});

function findImported(projectFolder: string): string | undefined {
  const require = createRequire(join(projectFolder, "x.js"));
  try {
    return (require("millrace/package.json") as { readonly version: string }).version;
  } catch {
    return undefined;
  }
}
