import type { V1Operations } from "@millrace/api";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { client } from "../../server/client.ts";
import type { User } from "./users/user-rules.model.ts";

/** A role as API v1 shows it. */
export type Role = V1Operations["get_roles"]["answer"]["roles"][number];

const PAGE = 100;

/** All users, page by page: rules like that of the last Admin are about all of them. */
export function useAllUsers(): UseQueryResult<readonly User[]> {
  return useQuery({
    queryKey: ["v1", "get_users", "all"],
    queryFn: async ({ signal }) =>
      await readAll(async (offset) => {
        const { users, total_entries: total } = await client.v1(
          "get_users",
          { query: { limit: PAGE, offset, order_by: "username" } },
          { signal },
        );
        return { items: users, total };
      }),
  });
}

/** All roles with what they permit. */
export function useAllRoles(isEnabled = true): UseQueryResult<readonly Role[]> {
  return useQuery({
    queryKey: ["v1", "get_roles", "all"],
    enabled: isEnabled,
    queryFn: async ({ signal }) =>
      await readAll(async (offset) => {
        const { roles, total_entries: total } = await client.v1(
          "get_roles",
          { query: { limit: PAGE, offset, order_by: "name" } },
          { signal },
        );
        return { items: roles, total };
      }),
  });
}

async function readAll<Item>(
  read: (offset: number) => Promise<{ readonly items: readonly Item[]; readonly total: number | undefined }>,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  for (;;) {
    const { items, total = 0 } = await read(found.length);
    found.push(...items);
    if (items.length === 0 || found.length >= total) return found;
  }
}
