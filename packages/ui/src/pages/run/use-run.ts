import { findRun, type AnswerOf } from "@millrace/api";
import type { UseQueryResult } from "@tanstack/react-query";
import { useCall } from "../../server/queries.ts";

/** A run with what only its own page shows. */
export type RunWhole = AnswerOf<typeof findRun>;

/** The run that the address names, kept up to date. */
export function useRun(dagId: string, runKey: string): UseQueryResult<RunWhole> {
  return useCall(findRun, { params: { dagId, runKey } }, { live: { about: "runs", dagId } });
}
