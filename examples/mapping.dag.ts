import { dag, stream, zip } from "millrace";

/** One instance per element, known only when the run has got there. */
export const mapping = dag(
  "mapping",
  { params: { sources: ["a.example", "b.example"] }, tags: ["example"] },
  ({ task, map, mapGroup, params }) => {
    const pages = task("list_pages", () => [1, 2, 3]);

    // Every combination: 2 sources × 3 pages.
    const sizes = map(
      "fetch",
      { each: { source: params.sources, page: pages }, maxActivePerRun: 2, mapName: "{{ source }}, page {{ page }}" },
      ({ source, page }) => source.length * page,
    );

    // Side by side instead: the first page with the first label, and so on.
    map(
      "label",
      { each: zip({ page: pages, label: ["one", "two", "three"] }) },
      ({ page, label }) => `${page} is ${label}`,
    );

    // A mapped group: each index flows through on its own. Outside, its results are lists.
    const parsed = mapGroup("parse", { each: { size: sizes } }, ({ task }, { size }) => {
      const text = task("read", { input: { size } }, ({ size }) => "x".repeat(size));
      return { words: task("split", { input: { text } }, ({ text }) => text.split("xx")) };
    });

    task("join", { input: { words: parsed.words } }, ({ words }) => words.flat().length);
    task("join_large", { input: { sizes: stream(sizes) } }, async ({ sizes }) => {
      let sum = 0;
      for await (const size of sizes) sum += size;
      return sum;
    });
  },
);
