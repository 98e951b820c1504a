import type { ShownSection } from "@millrace/server";
import { SETTINGS, type Config } from "../config.ts";

/** Every setting with its value as text, in the order of the schema; lists with commas between, nothing for what is not set. */
export function shownConfiguration(config: Config): readonly ShownSection[] {
  return Object.entries(SETTINGS).map(([name, settings]) => {
    const values = config[name as keyof typeof SETTINGS] as Readonly<Record<string, unknown>>;
    const options = Object.entries<{ readonly isSecret?: true }>(settings).map(([key, { isSecret }]) => ({
      key,
      value: textOf(values[key]),
      isSecret: isSecret ?? false,
    }));
    return { name, options };
  });
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.join(",");
  return typeof value === "string" ? value : JSON.stringify(value);
}
