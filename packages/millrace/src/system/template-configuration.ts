import type { TemplateConfiguration } from "@millrace/core";
import { SETTINGS, type Config } from "../config.ts";
import type { Setting } from "../setting-kinds.ts";

type SettingValue = string | number | boolean | readonly string[] | undefined;

/** The settings that templates may read with `conf.get`, as texts; of secret ones only the names. */
export function templateConfiguration(config: Config): TemplateConfiguration {
  const values: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [section, settings] of Object.entries(SETTINGS)) {
    const given = config[section as keyof typeof SETTINGS] as Readonly<Record<string, SettingValue>>;
    for (const [key, setting] of Object.entries<Setting<unknown>>(settings)) {
      const name = `${section}.${key}`;
      if (setting.isSecret) secrets.push(name);
      else if (given[key] !== undefined) values[name] = String(given[key]);
    }
  }
  return { values, secrets };
}
