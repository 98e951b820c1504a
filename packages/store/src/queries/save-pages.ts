import type { FoundFile } from "@millrace/core";
import type pg from "pg";
import { cleanJson } from "../commit/text-rules.ts";

// A file that cannot be loaded keeps its pages, as it keeps its DAGs.
const FORGET = `
  delete from millrace.page
  where page_id <> all ($1)
    and file <> all ($2)
    and ($3 or file = any ($4))`;

const SAVE = `
  insert into millrace.page (page_id, file, bundle_hash, dag_id, definition)
  select u.page_id, u.file, u.bundle_hash, u.dag_id, u.definition
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) u (page_id, file, bundle_hash, dag_id, definition)
  order by u.page_id
  on conflict (page_id) do update
  set file = excluded.file, bundle_hash = excluded.bundle_hash, dag_id = excluded.dag_id, definition = excluded.definition
  where (page.file, page.bundle_hash, page.definition) is distinct from (excluded.file, excluded.bundle_hash, excluded.definition)`;

/** Stores the pages of files whose bundles are stored, and forgets those that these files do not have any more. */
export async function savePages(
  client: pg.ClientBase,
  files: readonly FoundFile[],
  options: { readonly complete: boolean },
): Promise<void> {
  const found = files.flatMap(({ file, pages = [] }) => pages.map((page) => ({ file, page })));
  const broken = files.filter(({ errors }) => errors.length > 0).map(({ file }) => file);
  await client.query(FORGET, [
    found.map(({ page }) => page.pageId),
    broken,
    options.complete,
    files.map(({ file }) => file),
  ]);
  if (found.length === 0) return;
  await client.query(SAVE, [
    found.map(({ page }) => page.pageId),
    found.map(({ file }) => file),
    found.map(({ page }) => page.bundleHash),
    found.map(({ page }) => page.dagId ?? null),
    found.map(({ page: { bundleHash: _hash, ...info } }) => cleanJson(info)),
  ]);
}
