import {
  parseConnection,
  type AnswerOf,
  type createConnection,
  type InputOf,
  type getConnection,
  type listConnectionTypes,
} from "@millrace/api";
import { draftOf, readDraft, type Draft } from "../../../components/schema-form/field-values.model.ts";
import { objectFields, type Field } from "../../../components/schema-form/param-fields.model.ts";
import { objectOf, type Schema } from "../../../components/schema-form/schema-keywords.model.ts";

/** A connection as the server shows it: without its password, what is secret in its extra as `***`. */
export type Connection = AnswerOf<typeof getConnection>;
/** A type of connections with its form. */
export type ConnectionType = AnswerOf<typeof listConnectionTypes>["items"][number];
/** What makes a connection. */
export type ConnectionBody = InputOf<typeof createConnection>["body"];

/** What stands for a secret that is there and not shown. */
export const MASK = "***";
/** Fields that every connection has in the API; a form has some of them. */
const TOP = ["host", "port", "login", "password", "schema"] as const;
type Top = (typeof TOP)[number];

/** The form of a connection as it is filled in. */
export interface ConnectionDraft {
  readonly connectionId: string;
  readonly type: string;
  readonly description: string;
  /** By name of the field. */
  readonly top: Readonly<Record<string, Draft>>;
  readonly extra: Readonly<Record<string, Draft>>;
  /** JSON text of what the extra has beside the fields of the form. */
  readonly otherExtra: string;
  /** The password that is stored shall go. */
  readonly takesPasswordAway: boolean;
}

/** The form of a type: its own fields, and those of its extra. */
export interface ConnectionForm {
  readonly top: readonly Field[];
  readonly extra: readonly Field[];
}

/** The form of a type, by its name or another that it is known by; a general one for a type that is not installed. */
export function formOf(type: string, types: readonly ConnectionType[]): ConnectionForm {
  const found = findType(type, types) ?? types.find((each) => each.type === "generic");
  const schema: Schema = found?.form ?? GENERAL_FORM;
  const fields = objectFields(schema).filter(({ name }) => name !== "extra");
  const extra = objectOf(objectOf(schema, "properties") ?? {}, "extra");
  return { top: fields, extra: extra ? objectFields(extra) : [] };
}

const GENERAL_FORM: Schema = {
  properties: {
    host: { type: "string", title: "Host" },
    port: { type: "integer", title: "Port" },
    login: { type: "string", title: "Login" },
    password: { type: "string", title: "Password", writeOnly: true },
    schema: { type: "string", title: "Schema" },
  },
};

/** The type that has this name, also as one of its others. */
export function findType(name: string, types: readonly ConnectionType[]): ConnectionType | undefined {
  return types.find(({ type, aliases }) => type === name || aliases.includes(name));
}

/** A connection as parts: of the server, of a URI, or none. */
export interface ConnectionParts extends Partial<Pick<Connection, "host" | "port" | "login" | "schema">> {
  readonly connectionId: string;
  readonly type: string;
  readonly description?: string | null;
  readonly password?: string;
  readonly extra: Readonly<Record<string, unknown>>;
}

/** The form filled in with a connection. */
export function draftOfConnection(parts: ConnectionParts, types: readonly ConnectionType[]): ConnectionDraft {
  const form = formOf(parts.type, types);
  const known = new Set(form.extra.map(({ name }) => name));
  const other = Object.entries(parts.extra).filter(([name]) => !known.has(name));
  return {
    connectionId: parts.connectionId,
    type: parts.type,
    description: parts.description ?? "",
    top: Object.fromEntries(
      form.top.map((field) => [field.name, draftOf(field, (parts as unknown as Schema)[field.name])]),
    ),
    extra: Object.fromEntries(
      form.extra.map((field) => [
        field.name,
        isMasked(parts.extra[field.name]) ? "" : draftOf(field, parts.extra[field.name]),
      ]),
    ),
    otherExtra: other.length === 0 ? "" : JSON.stringify(Object.fromEntries(other), undefined, 2),
    takesPasswordAway: false,
  };
}

function isMasked(value: unknown): boolean {
  return value === MASK;
}

/** The same entries in the form of another type: fields of the same name keep what they have. */
export function withType(draft: ConnectionDraft, type: string, types: readonly ConnectionType[]): ConnectionDraft {
  const form = formOf(type, types);
  const keep = (fields: readonly Field[], drafts: Readonly<Record<string, Draft>>): Readonly<Record<string, Draft>> =>
    Object.fromEntries(fields.map((field) => [field.name, drafts[field.name] ?? draftOf(field, undefined)]));
  return { ...draft, type, top: keep(form.top, draft.top), extra: keep(form.extra, draft.extra) };
}

/**
 * The parts of a connection that a URI or JSON text names.
 *
 * @returns undefined for what is neither
 */
export function partsFromText(text: string): ConnectionParts | undefined {
  try {
    const { id, password, ...rest } = parseConnection("pasted", text);
    return { ...rest, connectionId: id, ...(password && { password: password.reveal() }) };
  } catch {
    return undefined;
  }
}

/** What a form means. */
export interface ReadConnection {
  readonly body: ConnectionBody;
  /** By name of the field; those of the extra as `extra.name`. */
  readonly faults: Readonly<Record<string, string>>;
}

/** Reads the form. Secrets that are stored and were left empty are not in the body, or stand there as `***`: they stay. */
export function readConnection(
  draft: ConnectionDraft,
  types: readonly ConnectionType[],
  before?: Connection,
): ReadConnection {
  const form = formOf(draft.type, types);
  const faults: Record<string, string> = {};
  const top: Record<string, unknown> = {};
  for (const field of form.top) {
    const read = readDraft(field, draft.top[field.name] ?? "");
    const isStored = field.name === "password" && before?.hasPassword === true;
    if (read.kind === "value") top[field.name] = read.value;
    else if (read.kind === "fault" && !isStored) faults[field.name] = read.fault;
    else if (!isStored && before?.[field.name as Exclude<Top, "password">] !== undefined) top[field.name] = null;
  }
  if (draft.takesPasswordAway && top["password"] === undefined) top["password"] = null;
  // What the form of another type had and this one has not.
  for (const name of TOP)
    if (before && !form.top.some((field) => field.name === name) && name !== "password" && before[name] !== undefined)
      top[name] = null;
  const extra = readExtra(draft, form, before, faults);
  const description = draft.description.trim() === "" ? null : draft.description;
  return {
    body: { connectionId: draft.connectionId, type: draft.type, description, ...top, extra },
    faults,
  };
}

function readExtra(
  draft: ConnectionDraft,
  form: ConnectionForm,
  before: Connection | undefined,
  faults: Record<string, string>,
): Readonly<Record<string, unknown>> {
  const extra: Record<string, unknown> = {};
  for (const field of form.extra) {
    const value = draft.extra[field.name] ?? "";
    // A switch that nobody touched is no answer.
    const isUntouched = value === false && field.default !== true && before?.extra[field.name] === undefined;
    const read = isUntouched ? ({ kind: "empty" } as const) : readDraft(field, value);
    if (read.kind === "value") extra[field.name] = read.value;
    else if (read.kind === "fault") faults[`extra.${field.name}`] = read.fault;
    else if (isMasked(before?.extra[field.name])) extra[field.name] = MASK;
  }
  const other = parseObject(draft.otherExtra);
  if (other === undefined) faults["otherExtra"] = "json";
  return { ...other, ...extra };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
