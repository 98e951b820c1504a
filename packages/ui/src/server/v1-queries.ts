import type { V1Id, V1Input, V1Operations } from "@millrace/api";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { client } from "./client.ts";
import type { CallSettings } from "./queries.ts";

/** Reads an operation of API v1 and keeps the answer while it is shown. Errors are MillraceErrors. */
export function useV1<const Id extends V1Id>(
  id: Id,
  input: V1Input<Id>,
  { live, calmMs, enabled = true, keepsPrevious, staleTime }: CallSettings = {},
): UseQueryResult<V1Operations[Id]["answer"]> {
  const query = useQuery<unknown>({
    queryKey: ["v1", id, input],
    queryFn: async ({ signal }) => await client.v1(id, ...([input, { signal }] as never)),
    enabled,
    meta: { live, calmMs },
    ...(staleTime !== undefined && { staleTime }),
    ...(keepsPrevious && { placeholderData: (previous: unknown) => previous }),
  });
  return query as UseQueryResult<V1Operations[Id]["answer"]>;
}
