import { MillraceError } from "../errors.ts";
import { parseInstant } from "../model/instant-text.ts";
import { RUN_STATES, TASK_STATES } from "../model/states.ts";
import { findSchemaFault } from "../params/validate-param.ts";
import type { Panel, SeriesPanel } from "./panel.ts";

type Schema = Readonly<Record<string, unknown>>;

const MOST_PANELS = 50;
const MOST_LINES = 20;
const MOST_POINTS = 5_000;
const MOST_ROWS = 1_000;
const MOST_COLUMNS = 30;
const MOST_BARS = 200;
const MOST_ITEMS = 500;
const LONGEST_TEXT = 20_000;

const text = (maxLength = 500): Schema => ({ type: "string", maxLength });
const instant: Schema = { type: "string", format: "date-time" };
const state: Schema = { enum: ["ok", "warn", "bad"] };
const cellState: Schema = { enum: [...new Set(["ok", "warn", "bad", ...RUN_STATES, ...TASK_STATES])] };
const list = (items: Schema, maxItems: number): Schema => ({ type: "array", items, maxItems });

function shape(required: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
  return {
    type: "object",
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

const link = shape({ dagId: text() }, { runId: text(), taskId: text(), mapIndex: { type: "integer" } });

const panel = (
  kind: Panel["kind"],
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema =>
  shape(
    { kind: { const: kind }, title: text(), ...required },
    { hint: text(2_000), width: { enum: ["quarter", "third", "half", "full"] }, ...optional },
  );

const cell: Schema = {
  if: { type: "object" },
  then: shape({ value: { type: ["string", "number", "null"] } }, { state: cellState, link }),
  else: { type: ["string", "number", "boolean", "null"], maxLength: LONGEST_TEXT },
};

const SCHEMAS: Readonly<Record<Panel["kind"], Schema>> = {
  stat: panel("stat", { value: { type: ["number", "string", "null"] } }, { unit: text(40), state, link }),
  series: panel(
    "series",
    {
      lines: list(
        shape({
          label: text(),
          points: list(
            { type: "array", prefixItems: [instant, { type: ["number", "null"] }], minItems: 2, items: false },
            MOST_POINTS,
          ),
        }),
        MOST_LINES,
      ),
    },
    {
      shape: { enum: ["line", "area", "step"] },
      unit: text(40),
      thresholds: list(shape({ label: text(), value: { type: "number" } }, { state }), MOST_LINES),
    },
  ),
  bars: panel(
    "bars",
    { bars: list(shape({ label: text(), value: { type: "number" } }, { state, link }), MOST_BARS) },
    { unit: text(40) },
  ),
  table: panel(
    "table",
    {
      columns: list(
        shape({ key: text(), title: text() }, { as: { enum: ["text", "number", "time", "duration", "state"] } }),
        MOST_COLUMNS,
      ),
      rows: list({ type: "object", additionalProperties: cell }, MOST_ROWS),
    },
    { empty: text() },
  ),
  status: panel(
    "status",
    {
      items: list(
        shape({ label: text(), state: cellState }, { text: text(LONGEST_TEXT), at: instant, link }),
        MOST_ITEMS,
      ),
    },
    { empty: text() },
  ),
  text: panel("text", { text: text(LONGEST_TEXT) }),
};

/**
 * Takes what the code of a page returned for panels; points of charts come in the order of time.
 *
 * @param given JSON. @throws MillraceError PAGE_FAILED naming the first place that does not fit, and what does.
 */
export function readPanels(given: unknown): readonly Panel[] {
  if (!Array.isArray(given)) throw unfit(`it returns ${nameOf(given)}, not a list of panels`);
  if (given.length > MOST_PANELS) throw unfit(`it returns ${given.length} panels; a page has at most ${MOST_PANELS}`);
  return given.map((one: unknown, index) => readPanel(one, index));
}

function readPanel(given: unknown, index: number): Panel {
  const { kind, title } = (given ?? {}) as { readonly kind?: unknown; readonly title?: unknown };
  const where = `panel ${index + 1}${typeof title === "string" ? ` (${title.slice(0, 80)})` : ""}`;
  if (typeof kind !== "string" || !Object.hasOwn(SCHEMAS, kind))
    throw unfit(
      `${where} has the kind ${JSON.stringify(kind) ?? "undefined"}; there are ${Object.keys(SCHEMAS).join(", ")}`,
    );
  const fault = findSchemaFault("panel", { schema: SCHEMAS[kind as Panel["kind"]] }, given);
  if (fault !== undefined) throw unfit(`${where}: ${fault}`);
  const panel = given as Panel;
  return panel.kind === "series" ? inOrder(panel) : panel;
}

function inOrder(panel: SeriesPanel): SeriesPanel {
  const lines = panel.lines.map((line) => {
    const timed = line.points.map((point) => ({ at: parseInstant(point[0]), point }));
    return { ...line, points: timed.toSorted((a, b) => a.at - b.at).map(({ point }) => point) };
  });
  return { ...panel, lines };
}

function nameOf(given: unknown): string {
  return given === null || given === undefined ? "nothing" : `a value of type ${typeof given}`;
}

function unfit(message: string): MillraceError {
  return new MillraceError("PAGE_FAILED", message);
}
