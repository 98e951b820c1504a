import { environmentName, SETTINGS, type Config } from "../config.ts";
import type { Setting } from "../setting-kinds.ts";
import type { Cell } from "./output/print-rows.ts";

/** A setting with its place in the schema and its value. */
export interface SettingValue {
  readonly section: string;
  readonly key: string;
  /** `section.key`. */
  readonly name: string;
  readonly setting: Setting<unknown>;
  readonly value: Cell;
  /** As lists show it: `***` for a secret that is set. */
  readonly shown: Cell;
  readonly source: string;
  readonly variable: string;
}

/** Every setting and what it is, in the order of the schema. */
export function settingValues(config: Config): readonly SettingValue[] {
  return Object.entries(SETTINGS).flatMap(([section, settings]) => {
    const values = config[section as keyof typeof SETTINGS] as Readonly<Record<string, Cell | undefined>>;
    return Object.entries<Setting<unknown>>(settings).map(([key, setting]) => {
      const name = `${section}.${key}`;
      const value = values[key] ?? null;
      return {
        section,
        key,
        name,
        setting,
        value,
        shown: setting.isSecret && value !== null ? "***" : value,
        source: config.sources.get(name) ?? "default",
        variable: environmentName(section, key),
      };
    });
  });
}
