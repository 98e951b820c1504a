/** Words of the pages that pipelines add. */
export const pages = {
  subtitle: "Pages that pipelines add",
  none: "No pipeline adds a page yet",
  howTo:
    "A DAG file adds a page, or a tab to a DAG, by exporting page(…): a function that returns numbers, charts and tables, which are drawn here.",
  tabOf: "Tab of",
  ownPages: "Pages",
  tabs: "Tabs of DAGs",
  noPanels: "This page shows nothing now",
  computed: "Computed",
  every: (seconds: number): string => `Computed anew at most every ${seconds} s`,
  refresh: "Read again",
  settings: "Settings of this page",
  unknown: "not known",
  noPoints: "No values in this time",
  yes: "yes",
  no: "no",
  judgements: { ok: "good", warn: "warning", bad: "bad" },
  chartOf: (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? title : `${title} (${lines.join(", ")})`,
} as const;
