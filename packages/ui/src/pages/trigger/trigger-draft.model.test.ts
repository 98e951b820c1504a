import { describe, expect, test } from "vitest";
import { paramFields } from "../../components/schema-form/param-fields.model.ts";
import { applyConf, draftFromUrl, emptyDraft, readConf, splitServerFaults } from "./trigger-draft.model.ts";

const FIELDS = paramFields({
  rows: { default: 10, schema: { type: "integer", minimum: 1 } },
  region: { default: "eu", schema: { type: "string", enum: ["eu", "us"] } },
  mails: { default: [], schema: { type: "array", items: { type: "string" } } },
  dry: { default: false, schema: { type: "boolean" } },
  fixed: { default: 7, schema: { const: 7 } },
});
const DEFAULTS = { rows: 10, region: "eu", mails: [], dry: false, fixed: 7 };

test("an untouched form means the defaults", () => {
  expect(readConf(FIELDS, emptyDraft(FIELDS))).toEqual({ conf: DEFAULTS, faults: {} });
});

describe("a URL", () => {
  test("fills in params by their names, in words of a URL", () => {
    const draft = draftFromUrl(FIELDS, { rows: "5", region: "us", mails: "a@b.c,d@e.f", dry: "true" });
    expect(readConf(FIELDS, draft).conf).toEqual({
      rows: 5,
      region: "us",
      mails: ["a@b.c", "d@e.f"],
      dry: true,
      fixed: 7,
    });
  });

  test("fills in a whole conf, which params by name go before, and what nobody declared", () => {
    const draft = draftFromUrl(FIELDS, { conf: '{"rows":3,"dry":true,"other":[1]}', rows: "4" });
    expect(readConf(FIELDS, draft).conf).toEqual({ ...DEFAULTS, rows: 4, dry: true, other: [1] });
  });

  test("fills in the run's key, dates and note; what is no date is left out", () => {
    const query = { run_id: "mine", logical_date: "2026-01-01T00:00:00Z", run_after: "soon", note: "why" };
    expect(draftFromUrl(FIELDS, query)).toMatchObject({
      runKey: "mine",
      logicalDate: "2026-01-01T00:00:00Z",
      runAfter: "",
      note: "why",
    });
  });

  test("with a conf that is no object fills in nothing", () => {
    expect(draftFromUrl(FIELDS, { conf: "[1" })).toEqual(emptyDraft(FIELDS));
  });
});

test("the conf of another run replaces what it names and keeps the rest", () => {
  const draft = applyConf(FIELDS, draftFromUrl(FIELDS, { dry: "true" }), { rows: 2, extra: 1 });
  expect(readConf(FIELDS, draft).conf).toEqual({ ...DEFAULTS, rows: 2, dry: true, extra: 1 });
});

test("a fault stands at its field", () => {
  const draft = draftFromUrl(FIELDS, { rows: "0" });
  expect(readConf(FIELDS, draft).faults).toEqual({ rows: "must be >= 1" });
});

test("the server's words are given to the fields that they are about", () => {
  const message =
    'Invalid input for param rows: must be >= 1, got 0. Invalid input for param region: must be one of "eu", got "x.y: z".';
  expect(splitServerFaults(message, ["rows", "region"])).toEqual({
    rows: "must be >= 1, got 0",
    region: 'must be one of "eu", got "x.y: z"',
  });
  expect(splitServerFaults("there is no DAG x", ["rows"])).toEqual({});
});
