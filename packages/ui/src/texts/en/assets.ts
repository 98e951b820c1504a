/** Words of the pages about assets. */
export const assets = {
  title: "Assets",
  search: "Part of the URI",
  graph: "Graph",
  none: "There are no assets yet",
  noneHint:
    "An asset is named data that tasks update. It appears here with the first DAG whose task has it as an outlet, or that follows it.",
  uri: "Asset",
  producers: "Updated by",
  consumers: "Followed by",
  updated: "Last update",
  never: "never",
  noProducer: "from outside only",
  noConsumer: "no DAG",
  events: "Updates",
  eventsNone: "It was not updated yet",
  at: "When",
  by: "By",
  fromOutside: "from outside",
  extra: "Details",
  update: "Record an update",
  updateAsk: "Says that this asset was updated from outside. DAGs that follow it count it toward their next run.",
  extraLabel: "Details (a JSON object; may be left empty)",
  extraWrong: "This is no JSON object.",
  updatedDone: (count: number) =>
    count === 0
      ? "Recorded. No DAG that is not paused follows it."
      : `Recorded. ${count} ${count === 1 ? "DAG counts" : "DAGs count"} it.`,
  more: (count: number) => `and ${count.toLocaleString("en")} more`,
  unknown: "There is no such asset",
} as const;
