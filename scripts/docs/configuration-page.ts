import { environmentName, SETTINGS } from "../../packages/millrace/src/config.ts";
import type { Setting } from "../../packages/millrace/src/setting-kinds.ts";
import { GENERATED, tableRow } from "./markdown.ts";

/** `docs/reference/configuration.md`: every setting. */
export function configurationPage(): string {
  const lines = [
    "# Configuration",
    "",
    GENERATED,
    "",
    "Settings come from the environment, then from `millrace.json` in the project folder, then from their defaults. `millrace config list` prints each",
    "value and where it came from. A value that does not fit stops the start with `BAD_CONFIG`.",
    "",
    "```json",
    '{ "core": { "dagFolders": ["dags"], "triggerOnStart": ["hello"] }, "executor": { "concurrency": 16 } }',
    "```",
  ];
  for (const [section, settings] of Object.entries(SETTINGS)) {
    lines.push(
      "",
      `## ${section}`,
      "",
      "| Setting | Meaning | Fits | Default | Environment |",
      "|---|---|---|---|---|",
    );
    for (const [key, setting] of Object.entries<Setting<unknown>>(settings)) {
      const name = `\`${section}.${key}\``;
      lines.push(
        tableRow([
          name,
          setting.description,
          setting.fits,
          defaultText(setting),
          `\`${environmentName(section, key)}\``,
        ]),
      );
    }
  }
  return [...lines, ""].join("\n");
}

function defaultText(setting: Setting<unknown>): string {
  if (setting.defaultText !== undefined) return setting.defaultText;
  if (setting.default === undefined) return "none";
  return `\`${JSON.stringify(setting.default)}\``;
}
