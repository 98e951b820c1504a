// What tasks and templates know of other runs, other DAGs, assets and the configuration, through the real engine.
import { parseInstant } from "@millrace/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { causesOf, finishRun, resultOf } from "../harness/finish-run.ts";

const on = (day: number): number => parseInstant(`2025-10-0${day}T00:00:00Z`);
/** What the task `read` sees where nothing else is said; undefined is null in JSON. */
const NOTHING = { now: null, ever: null, parts: [1, 2], none: null };
let engine: EngineHarness;
beforeAll(async () => {
  engine = await startEngine({
    executor: {
      configuration: {
        values: { "core.maxMapLength": "100000", "core.dagFolders": "/srv/dags" },
        secrets: ["database.url"],
      },
    },
  });
  await engine.deploy(`
    import { asset, dag, operator } from "millrace";
    const show = operator({ name: "Show", templated: ["text"], run: ({ text }: { text: string }) => text });
    const orders = asset("s3://shop/orders");
    const silent = asset("s3://shop/silent");

    export const source = dag("source", ({ task, map }) => {
      task("total", (_, { conf, xcom }) => {
        if (conf.total === undefined) return;
        xcom.push("unit", "EUR");
        return conf.total;
      });
      map("parts", { each: { n: [1, 2] } }, ({ n }, { conf }) => conf.total === undefined ? undefined : n);
      const total = task("sum", { retries: 0 }, (_, { conf }) => ({ rows: conf.total ?? -1 }));
      task("read", { after: [total] }, async (_, { xcom }) => ({
        now: await xcom.pull("total"),
        ever: await xcom.pull("total", { includePriorDates: true }),
        parts: await xcom.pull("parts", { includePriorDates: true }),
        none: await xcom.pull("nobody", { includePriorDates: true }),
      }));
      const pulls = [
        "{{ ti.xcom_pull('total', include_prior_dates=True) }}",
        "{{ ti.xcom_pull('total', default='none') }}",
        "{{ ti.xcom_pull(['total', 'parts'], None, 'return_value', True) }}",
      ].join(" ");
      task("shown", { after: [total] }, show({ text: pulls }));
    });
    export const other = dag("other", ({ task }) => {
      task("read", async (_, { xcom }) => ({
        total: await xcom.pull("total", { dagId: "source" }),
        unit: await xcom.pull("total", { dagId: "source", key: "unit" }),
        parts: await xcom.pull("parts", { dagId: "source" }),
        part: await xcom.pull("parts", { dagId: "source", mapIndex: 1 }),
        ever: await xcom.pull("total", { dagId: "source", includePriorDates: true }),
      }));
      task("shown", show({ text: "{{ ti.xcom_pull('sum', dag_id='source').rows }} {{ ti.xcom_pull('total', 'source', 'unit', default='-') }}" }));
    });

    export const writer = dag("writer", ({ task }) => {
      task("write", { outlets: [orders] }, (_, { assets, conf }) => assets.attach(orders, { rows: conf.rows }));
      task("rendered", { outlets: [silent] }, async (_, { assets, render }) => {
        assets.attach(silent, { late: true });
        return await render("{{ outlet_events['s3://shop/silent'].extra.late }}");
      });
    });
    export const reader = dag("reader", ({ task }) => {
      const inlets = [orders, asset("s3://shop/never")];
      task("code", { inlets }, async (_, { assets }) => (await assets.events(orders)).map(({ extra, dagId, taskId }) => ({ ...extra, dagId, taskId })));
      task("template", { inlets }, show({
        text: "{{ inlet_events['s3://shop/orders'][-1].extra.rows }} of {{ inlet_events['s3://shop/orders'] | length }}, {{ inlet_events['s3://shop/never'] | length }}",
      }));
      task("stranger", async (_, { assets }) => await assets.events(orders));
    });

    export const settings = dag("settings", ({ task }) => {
      task("known", show({ text: "{{ conf.get('core', 'max_map_length') }} {{ conf.get('core', 'dagFolders') }} {{ conf.get('core', 'none', 'fallback') }}" }));
      task("secret", show({ text: "{{ conf.get('database', 'url', 'fallback') }}" }));
      task("unknown", show({ text: "{{ conf.get('core', 'none') }}" }));
    });
  `);
});
afterAll(() => engine.stop());

describe("values of other runs", () => {
  test("an earlier run of the DAG gives what this one has not, the latest first", async () => {
    const read = async (day: number, total?: number): Promise<readonly unknown[]> => {
      const conf = total === undefined ? {} : { conf: JSON.stringify({ total }) };
      const { runId } = await finishRun(engine, "source", { logicalDate: on(day), ...conf });
      return [await resultOf(engine, runId, "read"), await resultOf(engine, runId, "shown")];
    };
    expect(await read(1)).toEqual([{ ...NOTHING, parts: null }, "None none [None, None]"]);
    expect(await read(3, 30)).toEqual([{ ...NOTHING, now: 30, ever: 30 }, "30 30 [30, [1, 2]]"]);
    expect(await read(5, 50)).toMatchObject([{ now: 50, ever: 50 }, "50 50 [50, [1, 2]]"]);
    expect(await read(6)).toEqual([{ ...NOTHING, ever: 50 }, "50 none [50, [1, 2]]"]);
    // What came later in time is not before it by date.
    expect(await read(4)).toEqual([{ ...NOTHING, ever: 30 }, "30 none [30, [1, 2]]"]);
  });

  test("another DAG's run with the same logical date is read, and with an earlier one only when asked for", async () => {
    const read = async (day: number): Promise<readonly unknown[]> => {
      const { runId } = await finishRun(engine, "other", { logicalDate: on(day) });
      return [await resultOf(engine, runId, "read"), await resultOf(engine, runId, "shown")];
    };
    expect(await read(3)).toEqual([{ total: 30, unit: "EUR", parts: [1, 2], part: 2, ever: 30 }, "30 EUR"]);
    expect(await read(6)).toEqual([{ total: null, unit: null, parts: null, part: null, ever: 50 }, "-1 -"]);
  });
});

test("updates of inlets, and what was attached to outlets, are known to code and templates", async () => {
  for (const rows of [1, 2]) {
    const { runId } = await finishRun(engine, "writer", { conf: JSON.stringify({ rows }) });
    expect(await resultOf(engine, runId, "rendered")).toBe("True");
  }
  const { runId } = await finishRun(engine, "reader");
  const from = { dagId: "writer", taskId: "write" };
  expect(await resultOf(engine, runId, "code")).toEqual([
    { rows: 1, ...from },
    { rows: 2, ...from },
  ]);
  expect(await resultOf(engine, runId, "template")).toBe("2 of 2, 0");
  expect((await causesOf(engine, runId)).stranger.message).toContain(
    "s3://shop/orders is not among the inlets of stranger",
  );
});

test("templates read the configuration, but nothing that is secret", async () => {
  const { runId } = await finishRun(engine, "settings");
  expect(await resultOf(engine, runId, "known")).toBe("100000 /srv/dags fallback");
  const causes = await causesOf(engine, runId);
  expect(causes.secret.message).toContain("the setting database.url is secret; templates cannot read it");
  expect(causes.unknown.message).toContain("the configuration has no value core.none for templates");
});
