import { cron, isMillraceError } from "@millrace/core";
import type { ScheduleEntries, ScheduleEntry, ScheduleFault } from "@millrace/engine";
import {
  isAlias,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";
import { didYouMean } from "../near-names.ts";

const KEYS = ["enabled", "cron_schedule", "timezone", "default_status"] as const;
const EXAMPLE = 'like `schedules: { etl: { enabled: true, cron_schedule: "0 6 * * *", default_status: RUNNING } }`';

/**
 * Reads a schedules file: under `schedules` a map of DAG → `enabled` (default true), `cron_schedule` (needed unless `enabled` is false), `timezone`
 * (default UTC) and `default_status` (RUNNING or STOPPED).
 *
 * @returns every mistake there is, each with the key, what fits, and its place.
 */
export function parseSchedules(text: string): ScheduleEntries {
  const reader = new Reader(text);
  const entries = reader.read();
  return reader.faults.length === 0 ? { ok: true, entries } : { ok: false, faults: reader.faults };
}

type Value = Node | null | undefined;

class Reader {
  readonly faults: ScheduleFault[] = [];
  readonly #text: string;
  readonly #lines = new LineCounter();
  #document: Document | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  read(): readonly ScheduleEntry[] {
    const document = parseDocument(this.#text, { lineCounter: this.#lines, prettyErrors: false });
    for (const error of document.errors) this.#fault(`it is not YAML: ${error.message}`, error.pos[0]);
    if (this.faults.length > 0) return [];
    const top = document.contents;
    this.#document = document;
    if (!isMap(top)) {
      this.#fault(`it needs a map named \`schedules\`, ${EXAMPLE}`, startOf(top) ?? 0);
      return [];
    }
    const pairs = this.#pairs(top);
    for (const { name, at } of pairs) if (name !== "schedules") this.#fault(unknownKey(name, "", ["schedules"]), at);
    const schedules = pairs.find(({ name }) => name === "schedules");
    if (!schedules) {
      if (this.faults.length === 0) this.#fault(`it needs a map named \`schedules\`, ${EXAMPLE}`, startOf(top));
      return [];
    }
    // `schedules:` with nothing below it, as when its entries are commented out.
    if (isScalar(schedules.value) && schedules.value.value === null) return [];
    if (!isMap(schedules.value)) {
      this.#fault(`schedules: it must be a map with an entry for each DAG, ${EXAMPLE}`, schedules.at);
      return [];
    }
    return this.#pairs(schedules.value).flatMap((entry) => this.#entry(entry) ?? []);
  }

  #entry({ name, at, value }: Named): ScheduleEntry | undefined {
    const key = `schedules.${name}`;
    if (!isMap(value)) {
      this.#fault(`${key}: it must be a map with ${KEYS.join(", ")}`, at);
      return undefined;
    }
    const given = new Map(this.#pairs(value).map((pair) => [pair.name, pair]));
    for (const pair of given.values())
      if (!KEYS.some((known) => known === pair.name)) this.#fault(unknownKey(pair.name, `${key}.`, KEYS), pair.at);
    const isEnabled = this.#choice(given.get("enabled"), `${key}.enabled`, FLAGS) ?? true;
    const isPausedAtFirst = this.#choice(given.get("default_status"), `${key}.default_status`, STATUSES);
    const times = this.#cron(given, key);
    if (isEnabled && !given.has("cron_schedule"))
      this.#fault(`${key}: it needs a cron_schedule, like "0 6 * * *" or "@daily", or \`enabled: false\``, at);
    return {
      name,
      ...this.#place(at),
      ...(isEnabled && times && { cron: times }),
      ...(isPausedAtFirst !== undefined && { isPausedAtFirst }),
    };
  }

  #cron(given: ReadonlyMap<string, Named>, key: string): ScheduleEntry["cron"] {
    const zonePair = given.get("timezone");
    const zone = zonePair ? this.#word(zonePair, `${key}.timezone`, ZONE) : "UTC";
    const isZone = zone !== undefined && this.#tried(zonePair, `${key}.timezone`, () => cron("@daily", zone), ZONE);
    const cronPair = given.get("cron_schedule");
    const expression = cronPair && this.#word(cronPair, `${key}.cron_schedule`, CRON);
    if (expression === undefined) return undefined;
    const fits = this.#tried(cronPair, `${key}.cron_schedule`, () => cron(expression), CRON);
    return fits && isZone ? { expression, zone } : undefined;
  }

  #word({ value, at }: Named, key: string, fits: string): string | undefined {
    if (isScalar(value) && typeof value.value === "string" && value.value.trim() !== "") return value.value.trim();
    this.#fault(`${key}: it must be ${fits}, not ${shown(value)}`, startOf(value) ?? at);
    return undefined;
  }

  #tried(pair: Named | undefined, key: string, work: () => unknown, fits: string): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (!isMillraceError(error)) throw error;
      this.#fault(`${key}: ${error.message}; it must be ${fits}`, startOf(pair?.value) ?? pair?.at);
      return false;
    }
  }

  #choice<T>(pair: Named | undefined, key: string, choices: ReadonlyMap<unknown, T>): T | undefined {
    if (pair === undefined) return undefined;
    const { value, at } = pair;
    const given = isScalar(value) ? value.value : undefined;
    const chosen = choices.get(given);
    if (chosen !== undefined) return chosen;
    const names = [...choices.keys()].map(String);
    const near = typeof given === "string" ? didYouMean(given, names) : undefined;
    this.#fault(
      [`${key}: it must be ${names.join(" or ")}, not ${shown(value)}`, near].filter(Boolean).join(". "),
      startOf(value) ?? at,
    );
    return undefined;
  }

  #pairs(map: YAMLMap): readonly Named[] {
    return (map.items as readonly Pair<Value, Value>[]).map(({ key, value }) => ({
      name: isScalar(key) ? String(key.value) : shown(key),
      at: startOf(key),
      // `*name` stands for what `&name` stands before.
      value: isAlias(value) ? this.#document && value.resolve(this.#document) : value,
    }));
  }

  #fault(message: string, at: number | undefined): void {
    this.faults.push({ message, ...(at !== undefined && this.#place(at)) });
  }

  #place(at: number | undefined): { readonly line: number; readonly column: number } {
    const { line, col } = this.#lines.linePos(at ?? 0);
    return { line, column: col };
  }
}

/** A key, where it stands, and what it holds. */
interface Named {
  readonly name: string;
  readonly at: number | undefined;
  readonly value: Value;
}

const FLAGS: ReadonlyMap<unknown, boolean> = new Map([
  [true, true],
  [false, false],
]);
const STATUSES: ReadonlyMap<unknown, boolean> = new Map([
  ["RUNNING", false],
  ["STOPPED", true],
]);
const CRON = 'a cron expression of five or six fields, like "0 6 * * *", or a preset, like "@daily"';
const ZONE = "a time zone, like Europe/Berlin or UTC";

function unknownKey(name: string, where: string, known: readonly string[]): string {
  const near = didYouMean(name, known) ?? `There ${known.length === 1 ? "is" : "are"} ${known.join(", ")}`;
  return `${where}${name}: there is no such key. ${near}`;
}

function startOf(node: Value): number | undefined {
  return node?.range?.[0];
}

function shown(node: Value): string {
  if (node === null || node === undefined) return "nothing";
  if (isScalar(node) && node.value === null) return "nothing";
  return isScalar(node) ? JSON.stringify(node.value) : isMap(node) ? "a map" : "a list";
}
