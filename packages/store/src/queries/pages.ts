import type { Page, PageInfo, PageRequest, SavedPage } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { keyAfter, limitOf, pageOf } from "./page.ts";
import { runGuarded } from "./run-guarded.ts";

// Primary key.
const ALL = `
  select page_id, file, bundle_hash, definition
  from millrace.page
  where page_id > $1
  order by page_id
  limit $2`;

// Index page_by_dag; of pages that are no tabs, too.
const ofPlace = (place: string): string => `
  select page_id, file, bundle_hash, definition
  from millrace.page
  where ${place} and page_id > $1
  order by page_id
  limit $2`;

const FIND = `
  select page_id, file, bundle_hash, definition
  from millrace.page
  where page_id = $1`;

interface PageSql {
  readonly page_id: string;
  readonly file: string;
  readonly bundle_hash: string;
  readonly definition: string;
}

/** Pages by id. */
export async function listPages(
  pool: DatabasePool,
  request: PageRequest & { readonly dagId?: string | null } = {},
): Promise<Page<SavedPage>> {
  const limit = limitOf(request);
  const [after] = keyAfter<[string]>(request) ?? [""];
  const { dagId } = request;
  const [text, values] =
    dagId === undefined
      ? [ALL, [after, limit + 1]]
      : dagId === null
        ? [ofPlace("dag_id is null"), [after, limit + 1]]
        : [ofPlace("dag_id = $3"), [after, limit + 1, dagId]];
  const { rows } = await runGuarded(pool, "any", (client) => client.query<PageSql>(text, values));
  return pageOf(rows, limit, { item: savedOf, key: (row) => [row.page_id] });
}

/** One page. */
export async function findPage(pool: DatabasePool, pageId: string): Promise<SavedPage | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<PageSql>(FIND, [pageId]));
  return rows[0] && savedOf(rows[0]);
}

function savedOf({ file, bundle_hash: bundleHash, definition }: PageSql): SavedPage {
  return { ...(JSON.parse(definition) as PageInfo), file, bundleHash };
}
