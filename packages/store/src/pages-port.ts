import type { PageStore } from "@millrace/core";
import type { DatabasePool } from "./postgres/index.ts";
import { findPage, listPages } from "./queries/pages.ts";
import { recentInstances, recentResults } from "./queries/recent-instances.ts";

/** Pages, and what their code asks of the database. */
export function makePageStore(pool: DatabasePool): PageStore {
  return {
    list: (request) => listPages(pool, request),
    find: (pageId) => findPage(pool, pageId),
    recentInstances: (question) => recentInstances(pool, question),
    recentResults: (question) => recentResults(pool, question),
  };
}
