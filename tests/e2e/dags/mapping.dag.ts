// One instance per element: products, zips, chains of mapped tasks, mapped groups, joins.
import { existsSync } from "node:fs";
import { concat, dag, pick, skip, stream, transform, zip } from "millrace";

export const maps = dag("maps", { params: { letters: ["a", "b"] } }, ({ task, map, params }) => {
  const numbers = task("numbers", () => [1, 2, 3]);
  const product = map("product", { each: { letter: params.letters, n: numbers } }, ({ letter, n }) => `${letter}${n}`);
  const zipped = map("zipped", { each: zip({ n: numbers, letter: ["x", "y"] }) }, ({ n, letter }) => `${letter}${n}`);
  const again = map("again", { each: { text: product } }, ({ text }) => `${text}!`);
  const pairs = map(
    "pairs",
    { each: { pair: task("table", () => new Map([["k", 1]])) } },
    ({ pair: [key, n] }) => `${key}${n}`,
  );
  const named = map(
    "named",
    { each: { n: numbers }, mapName: "number {{ n }}: {{ ti.map_index }} of {{ expanded_ti_count }}" },
    ({ n }, { mapIndex, item }) => [n, mapIndex, item],
  );
  const odd = map("odd", { each: { n: numbers } }, ({ n }) => (n % 2 === 1 ? n : skip("even")));
  const oddAgain = map("odd_again", { each: { n: odd }, triggerRule: "none_failed" }, ({ n }) => n * 10);
  map("odd_strictly", { each: { n: odd } }, ({ n }) => n);
  task(
    "joined",
    { input: { product, zipped, again, pairs, named, odd, oddAgain }, triggerRule: "none_failed" },
    (all) => all,
  );
  task("streamed", { input: { again: stream(again) } }, async ({ again }) => {
    let text = "";
    for await (const one of again) text += one;
    return text;
  });
  task("pulled", { after: [pairs, product] }, async (_, { xcom, render }) => [
    await xcom.pull("pairs"),
    await xcom.pull("product", { mapIndex: 1 }),
    await render("{{ ti.xcom_pull('pairs') }} {{ ti.xcom_pull('product', map_indexes=[0, 5], default='no') }}"),
  ]);
  const none = map("none", { each: { n: task("empty_list", (): readonly number[] => []) } }, ({ n }) => n);
  task("after_none", { input: { none } }, () => 1);
  task("after_none_gently", { input: { none }, triggerRule: "none_failed" }, ({ none }) => none);
});

export const mapGroups = dag("map_groups", ({ task, mapGroup }) => {
  const sources = task("sources", () => ["ok", "bad", "odd"]);
  const parsed = mapGroup("per_source", { each: { source: sources } }, ({ task }, { source }) => {
    const text = task("read", { input: { source } }, ({ source }) => {
      if (source === "bad") throw new Error("no such source");
      return source === "odd" ? skip("odd") : `text of ${source}`;
    });
    const words = task("split", { input: { text } }, ({ text }) => text.split(" "));
    const note = task(
      "note",
      { input: { source }, after: [text], triggerRule: "all_done" },
      ({ source }) => `note ${source}`,
    );
    task("sibling", { after: [note] }, async (_, { xcom, render }) => [
      await xcom.pull("per_source.note"),
      await render("{{ ti.xcom_pull('per_source.note') }}"),
    ]);
    return { words, note };
  });
  task("words", { input: { words: parsed.words }, triggerRule: "all_done" }, ({ words }) => words);
  task("notes", { input: { notes: parsed.note } }, ({ notes }) => notes);
});

export const limited = dag("limited", { maxActiveTasks: 50 }, ({ map }) => {
  map("two_at_once", { each: { n: [0, 1, 2, 3, 4, 5] }, maxActivePerRun: 2 }, async ({ n }, { signal }) => {
    const at = performance.now();
    while (performance.now() < at + 20) signal.throwIfAborted();
    return n;
  });
});

/** Its list is three elements long until the file named by `conf.flag` exists, then as long as `conf.then`. */
export const resized = dag("resized", { params: { flag: "", then: 1 } }, ({ task, map, mapGroup }) => {
  const list = task("list", (_, { params }) =>
    Array.from({ length: existsSync(params.flag) ? params.then : 3 }, (_, i) => i),
  );
  const doubled = map("double", { each: { n: list } }, ({ n }) => n * 2);
  mapGroup("each_one", { each: { n: list } }, ({ task }, { n }) => {
    const a = task("a", { input: { n } }, ({ n }) => n);
    task("b", { input: { a } }, ({ a }) => a);
  });
  task("sum", { input: { doubled }, triggerRule: "none_failed" }, ({ doubled }) =>
    doubled.reduce((sum, n) => sum + n, 0),
  );
});

export const wrongLists = dag("wrong_lists", ({ task, map }) => {
  const big = task("too_long", () => Array.from({ length: 200_000 }, () => 1));
  map("of_too_long", { each: { n: big } }, ({ n }) => n);
  const odd = task("no_list", (): readonly number[] => 7 as unknown as readonly number[]);
  map("of_no_list", { each: { n: odd } }, ({ n }) => n);
});

/** Lists made of other lists, and parts of results. */
export const listsOfLists = dag("lists_of_lists", { params: { more: ["p"] } }, ({ task, map, mapGroup, params }) => {
  const two = task("two", (_, { xcom }) => {
    xcom.push("pushed", ["k1", "k2"]);
    return ["t1", "t2"];
  });
  const upper = transform(two, (text) => text.toUpperCase());
  const all = map(
    "all",
    { each: { x: concat(upper, ["l"], params.more, new Set(["s"])) } },
    ({ x }, { mapIndex }) => `${mapIndex}${x}`,
  );
  const sure = transform(concat(two, ["t3"]), (text) => (text === "t2" ? skip("not this one") : `${text}?`));
  const some = map("some", { each: { x: sure } }, ({ x }) => x);
  const filled = map("filled", { each: zip({ a: two, b: ["x", "y", "z"] }, { fill: null }) }, ({ a, b }) => [a, b]);
  const crossed = map("crossed", { each: { a: concat(["1"], ["2"]), b: ["x", "y"] } }, ({ a, b }) => a + b);
  const report = task("report", () => ({ rows: [{ id: 7 }, { id: 8 }], total: 2 }));
  const rows = map("rows", { each: { row: pick(report, "rows") } }, ({ row }) => row.id);
  const dates = task("dates", () => ({ days: [new Date(0), new Date(1)] }));
  const days = map("days", { each: { day: pick(dates, "days") } }, ({ day }) => day.getTime());
  const keyed = task("keyed", (_, { xcom }) => void xcom.push("list", ["a", "b", "c"]));
  const byKey = mapGroup("by_key", { each: { x: keyed.key<readonly string[]>("list") } }, ({ task }, { x }) =>
    task("one", { input: { x } }, ({ x }) => x),
  );
  const wrong = task("wrong", () => ({ rows: 5 as unknown as readonly number[] }));
  map("of_wrong", { each: { n: pick(wrong, "rows") } }, ({ n }) => n);
  task(
    "lists",
    { input: { all, some, filled, crossed, rows, days, byKey }, triggerRule: "none_failed" },
    (input) => input,
  );
});
