import { describe, expect, test } from "vitest";
import {
  draftOfConnection,
  formOf,
  partsFromText,
  readConnection,
  withType,
  type Connection,
  type ConnectionType,
} from "./connection-draft.model.ts";

const TYPES: readonly ConnectionType[] = [
  {
    type: "postgres",
    label: "PostgreSQL",
    aliases: ["postgresql"],
    canTest: true,
    form: {
      type: "object",
      required: ["host"],
      properties: {
        host: { type: "string", title: "Host", minLength: 1 },
        port: { type: "integer", title: "Port", maximum: 65_535 },
        login: { type: "string" },
        password: { type: "string", writeOnly: true },
        extra: {
          type: "object",
          properties: { sslmode: { enum: ["disable", "require"] }, key: { type: "string", writeOnly: true } },
        },
      },
    },
  },
  {
    type: "generic",
    label: "Anything else",
    aliases: [],
    canTest: false,
    form: { type: "object", properties: { host: { type: "string" }, schema: { type: "string" } } },
  },
];

const STORED: Connection = {
  connectionId: "db",
  type: "postgres",
  description: null,
  host: "localhost",
  port: 5_432,
  extra: { sslmode: "require", key: "***", own: 1 },
  hasPassword: true,
  isReadable: true,
  updatedAt: "2026-01-01T00:00:00Z" as never,
};

test("a stored connection that nobody touched stays what it is: its secrets are neither sent nor lost", () => {
  const draft = draftOfConnection(STORED, TYPES);
  expect(draft.extra["key"]).toBe("");
  expect(JSON.parse(draft.otherExtra)).toEqual({ own: 1 });
  expect(readConnection(draft, TYPES, STORED)).toEqual({
    body: {
      connectionId: "db",
      type: "postgres",
      description: null,
      host: "localhost",
      port: 5_432,
      extra: { sslmode: "require", key: "***", own: 1 },
    },
    faults: {},
  });
});

test("what is emptied is taken away, a new secret replaces the stored one, and the password can go", () => {
  const draft = draftOfConnection(STORED, TYPES);
  const changed = {
    ...draft,
    top: { ...draft.top, port: "" },
    extra: { ...draft.extra, sslmode: "", key: "new" },
    takesPasswordAway: true,
  };
  expect(readConnection(changed, TYPES, STORED).body).toMatchObject({
    port: null,
    password: null,
    extra: { key: "new", own: 1 },
  });
  expect(readConnection(changed, TYPES, STORED).body.extra).not.toHaveProperty("sslmode");
});

test("a required field that is empty and an extra that is no object are faults", () => {
  const draft = draftOfConnection({ connectionId: "x", type: "postgres", extra: {} }, TYPES);
  const { faults } = readConnection({ ...draft, otherExtra: "[1]" }, TYPES);
  expect(Object.keys(faults)).toEqual(["host", "otherExtra"]);
});

test("another type keeps what has the same name, and takes away what its form has not", () => {
  const draft = withType(draftOfConnection(STORED, TYPES), "generic", TYPES);
  const { body } = readConnection(draft, TYPES, STORED);
  expect(body).toMatchObject({ type: "generic", host: "localhost", port: null });
});

describe("a type", () => {
  test("is found by its other names, too", () => {
    expect(formOf("postgresql", TYPES).top.map(({ name }) => name)).toEqual(["host", "port", "login", "password"]);
  });

  test("that is not installed has a general form", () => {
    expect(formOf("teradata", TYPES).top.map(({ name }) => name)).toEqual(["host", "schema"]);
    expect(formOf("teradata", []).top).toHaveLength(5);
  });
});

test("a URI fills in the form", () => {
  const parts = partsFromText("postgresql://me:p%40ss@db.example:5433/shop?sslmode=require&own=1");
  expect(parts).toMatchObject({ type: "postgres", host: "db.example", port: 5_433, login: "me", password: "p@ss" });
  const draft = draftOfConnection({ ...parts!, connectionId: "new" }, TYPES);
  expect(draft.top).toMatchObject({ host: "db.example", port: "5433", login: "me", password: "p@ss" });
  expect(draft.extra["sslmode"]).toBe('"require"');
  expect(JSON.parse(draft.otherExtra)).toEqual({ own: "1" });
  expect(partsFromText("no uri")).toBeUndefined();
});
