import type { AnswerOf, listDags } from "@millrace/api";

/** A DAG of the list. */
export type DagRow = AnswerOf<typeof listDags>["items"][number];
