import { parse } from "yaml";
import { ConfigurationError } from "./pipeline-errors.ts";
import type { Category, SourceFormat } from "./domain-record.ts";

const FORMATS: readonly string[] = ["hosts", "adblock"] satisfies readonly SourceFormat[];
const CATEGORIES: readonly string[] = ["malware", "ads_trackers"] satisfies readonly Category[];
const KEYS: readonly string[] = ["url", "format", "category", "update_frequency", "description"];
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** One list of domains to fetch. */
export interface Source {
  readonly name: string;
  /** `http:`, `https:` or `file:` address, or a path relative to the configuration file. */
  readonly url: string;
  readonly format: SourceFormat;
  readonly category: Category;
  /** For people: every run fetches every source. */
  readonly updateFrequency: string;
  readonly description: string;
}

/** The sources of a configuration file, in its order, and the names of sections that nothing reads. */
export interface SourcesConfig {
  readonly sources: readonly Source[];
  readonly unreadSections: readonly string[];
}

/**
 * Reads the text of a `sources.yaml`.
 *
 * @throws ConfigurationError naming `file` and the key when the text is not YAML or a source does not fit.
 */
export function parseSourcesConfig(text: string, file: string): SourcesConfig {
  const root = readYaml(text, file);
  if (!isMap(root) || !isMap(root["sources"])) {
    throw new ConfigurationError(`${file}: the map "sources" (name → url, format, category) is missing`, { file });
  }
  const sources = Object.entries(root["sources"]).map(([name, value]) => readSource(name, value, file));
  if (sources.length === 0) throw new ConfigurationError(`${file}: "sources" names no source`, { file });
  return { sources, unreadSections: Object.keys(root).filter((key) => key !== "sources") };
}

/**
 * All sources, or the one called `name`.
 *
 * @throws ConfigurationError listing the names when there is no such source.
 */
export function selectSources(config: SourcesConfig, name: string | undefined): readonly Source[] {
  if (name === undefined) return config.sources;
  const selected = config.sources.filter((source) => source.name === name);
  if (selected.length > 0) return selected;
  const known = config.sources.map((source) => source.name).join(", ");
  throw new ConfigurationError(`there is no source "${name}"; the configuration has ${known}`, { source: name });
}

function readYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new ConfigurationError(
      `${file} is not YAML: ${cause instanceof Error ? cause.message : String(cause)}`,
      { file },
      cause,
    );
  }
}

function readSource(name: string, value: unknown, file: string): Source {
  const at = `${file}: sources.${name}`;
  const fail = (what: string): never => {
    throw new ConfigurationError(`${at}${what}`, { file, source: name });
  };
  if (!NAME.test(name)) fail(": a name has up to 64 letters, digits, hyphens and underscores");
  if (!isMap(value)) return fail(" must be a map with url, format and category");
  const unknownKey = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknownKey !== undefined) fail(`.${unknownKey} is not known; the keys are ${KEYS.join(", ")}`);
  const textOf = (key: string, fallback?: string): string => {
    const found = value[key] ?? fallback;
    return typeof found === "string" && (found !== "" || fallback !== undefined)
      ? found
      : fail(`.${key} must be a text`);
  };
  const oneOf = (key: string, allowed: readonly string[]): string => {
    const found = textOf(key);
    return allowed.includes(found) ? found : fail(`.${key} is "${found}"; it must be ${allowed.join(" or ")}`);
  };
  return {
    name,
    url: textOf("url"),
    format: oneOf("format", FORMATS) as SourceFormat,
    category: oneOf("category", CATEGORIES) as Category,
    updateFrequency: textOf("update_frequency", "unstated"),
    description: textOf("description", ""),
  };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
