import { listConnectionTypes } from "@millrace/api";
import type { UseQueryResult } from "@tanstack/react-query";
import { useCall } from "../../../server/queries.ts";
import type { ConnectionType } from "./connection-draft.model.ts";

/** Types of connections; they change only when the server is started anew. */
export function useConnectionTypes(): UseQueryResult<{ readonly items: readonly ConnectionType[] }> {
  return useCall(listConnectionTypes, {}, { staleTime: Infinity });
}
