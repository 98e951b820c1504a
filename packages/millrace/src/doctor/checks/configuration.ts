import { existsSync } from "node:fs";
import { join } from "node:path";
import { settingValues } from "../../cli/setting-rows.ts";
import { makeCheck, type ConfigTrouble } from "../check.ts";
import { bad, ok, warn, type Verdict } from "../verdict.ts";

/** What a configuration says, or why it cannot be read. */
export interface ConfigurationFacts {
  readonly isProject: boolean;
  readonly folder: string;
  readonly hasFile: boolean;
  readonly trouble?: ConfigTrouble;
  /** Those that are not the default; secrets as `***`. */
  readonly settings: readonly { readonly name: string; readonly shown: string; readonly source: string }[];
}

/** Unreadable, unknown and unfit settings are bad; no project is a warning, because then little can be looked at. */
export function judgeConfiguration({
  isProject,
  folder,
  hasFile,
  trouble,
  settings,
}: ConfigurationFacts): readonly Verdict[] {
  if (trouble) return [bad(trouble.message, trouble.hint ?? "Correct it; `millrace config list` shows what fits.")];
  if (!isProject)
    return [
      warn(
        `${folder} is no Millrace project, so only the machine is looked at`,
        "Call it in the folder of a project, name one with --project, or make one with `millrace init`.",
      ),
    ];
  const from = hasFile ? "millrace.json can be read" : "there is no millrace.json";
  const named = settings.map(({ name, shown, source }) => `${name} = ${shown} (${source})`).join(", ");
  return [ok(`${from}; ${named === "" ? "all settings are the defaults" : named}`)];
}

/** The configuration: whether it can be read, and where what is not a default came from. */
export const configurationCheck = makeCheck({
  name: "configuration",
  about: "settings: unknown ones, unfit ones, and where each that is not the default came from",
  needs: "machine",
  gather: ({ config, projectFolder, isProject }) => {
    const facts = { isProject, folder: projectFolder, hasFile: existsSync(join(projectFolder, "millrace.json")) };
    if ("message" in config) return Promise.resolve({ ...facts, trouble: config, settings: [] });
    const settings = settingValues(config)
      .filter(({ name }) => config.sources.has(name))
      .map(({ name, shown, source }) => ({
        name,
        shown: Array.isArray(shown) ? shown.join(",") : String(shown as string | number),
        // `millrace.json executor.workers` says the name twice.
        source: source.replace(` ${name}`, ""),
      }));
    return Promise.resolve({ ...facts, settings });
  },
  judge: judgeConfiguration,
});
