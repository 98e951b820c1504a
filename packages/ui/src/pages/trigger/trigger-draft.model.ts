import { draftOf, readDraft, type Draft } from "../../components/schema-form/field-values.model.ts";
import type { Field } from "../../components/schema-form/param-fields.model.ts";

/** Params of a run by name. */
export type Conf = Readonly<Record<string, unknown>>;

/** A trigger form as it is filled in. */
export interface TriggerDraft {
  /** By name of the field. */
  readonly fields: Readonly<Record<string, Draft>>;
  /** What the conf has beside the declared params. */
  readonly extra: Conf;
  /** Empty: one is made. */
  readonly runKey: string;
  /** ISO 8601; empty: the time of the trigger. */
  readonly logicalDate: string;
  /** ISO 8601; empty: at once. */
  readonly runAfter: string;
  readonly note: string;
}

/** Names in the URL that are not params. */
const RESERVED: ReadonlySet<string> = new Set(["run_id", "logical_date", "run_after", "note", "conf"]);

/** A form with every default. */
export function emptyDraft(fields: readonly Field[]): TriggerDraft {
  return {
    fields: Object.fromEntries(fields.map((field) => [field.name, draftOf(field, field.default)])),
    extra: {},
    runKey: "",
    logicalDate: "",
    runAfter: "",
    note: "",
  };
}

/** A form with what a URL says: `?name=value` for params, `?conf={…}` for several, `?run_id=`, `?logical_date=`, `?run_after=`, `?note=`. */
export function draftFromUrl(
  fields: readonly Field[],
  query: Readonly<Record<string, string | undefined>>,
): TriggerDraft {
  const conf = parseObject(query["conf"] ?? "{}") ?? {};
  const start = applyConf(fields, emptyDraft(fields), conf);
  const given = Object.entries(query).flatMap(([name, text]) => {
    const field = fields.find((each) => each.name === name);
    return field && text !== undefined && !RESERVED.has(name) ? [[name, draftFromText(field, text)] as const] : [];
  });
  return {
    ...start,
    fields: { ...start.fields, ...Object.fromEntries(given) },
    runKey: query["run_id"] ?? "",
    logicalDate: isInstant(query["logical_date"]) ? query["logical_date"] : "",
    runAfter: isInstant(query["run_after"]) ? query["run_after"] : "",
    note: query["note"] ?? "",
  };
}

function isInstant(text: string | undefined): text is string {
  return text !== undefined && !Number.isNaN(Date.parse(text));
}

/** What a text of a URL means for a field. */
function draftFromText(field: Field, text: string): Draft {
  switch (field.kind.kind) {
    case "boolean":
      return /^(true|1|yes|on)$/i.test(text);
    case "choice": {
      const { choices } = field.kind;
      return choices.find(({ key, value }) => key === text || value === text)?.key ?? "";
    }
    case "choices":
    case "lines": {
      const list = parseJson(text);
      return draftOf(field, Array.isArray(list) ? list : text.split(","));
    }
    default:
      return text;
  }
}

/** The form with these params: declared ones in their fields, others beside them. Params that it does not name keep what they have. */
export function applyConf(fields: readonly Field[], draft: TriggerDraft, conf: Conf): TriggerDraft {
  const known = new Map(fields.map((field) => [field.name, field]));
  const [own, extra]: [Record<string, Draft>, Record<string, unknown>] = [{}, {}];
  for (const [name, value] of Object.entries(conf)) {
    const field = known.get(name);
    if (field) own[name] = draftOf(field, value);
    else extra[name] = value;
  }
  return { ...draft, fields: { ...draft.fields, ...own }, extra };
}

/** The conf that a form means, and what is wrong with which field. Fields with a fault are left out of the conf. */
export function readConf(
  fields: readonly Field[],
  draft: TriggerDraft,
): { readonly conf: Conf; readonly faults: Readonly<Record<string, string>> } {
  const conf: Record<string, unknown> = {};
  const faults: Record<string, string> = {};
  for (const field of fields) {
    const read = readDraft(field, draft.fields[field.name] ?? "");
    if (read.kind === "value") conf[field.name] = read.value;
    if (read.kind === "fault") faults[field.name] = read.fault;
  }
  return { conf: { ...conf, ...draft.extra }, faults };
}

/** Gives each field what the server says of it: `Invalid input for param p: must be …, got …. Invalid input for param q: …`. */
export function splitServerFaults(message: string, names: readonly string[]): Readonly<Record<string, string>> {
  const faults: Record<string, string> = {};
  for (const sentence of message.split(/(?=Invalid input for param )/)) {
    const said = /^Invalid input for param (.+?): ([^]*?)\.?\s*$/.exec(sentence);
    if (said && names.includes(said[1])) faults[said[1]] = said[2];
  }
  return faults;
}

/** The object that a JSON text means; undefined for anything else. */
export function parseObject(text: string): Conf | undefined {
  const value = parseJson(text);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Conf) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
