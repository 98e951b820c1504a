import type { DagLists } from "@millrace/core";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Index dag_by_file.
const DAGS_OF_FILES = `
  select file, dag_id as "dagId"
  from millrace.dag
  where file = any ($1)
  order by file, dag_id`;

// Index dag_by_file: the bundle of the newest version that came from the file. Going back to an earlier text makes a new version of an old bundle.
const SOURCE = `
  select b.source
  from millrace.dag d
  join millrace.dag_version v on v.dag_id = d.dag_id and v.version = d.version
  join millrace.bundle b on b.bundle_hash = v.bundle_hash
  where d.file = $1
  order by d.active desc, v.created_at desc
  limit 1`;

/** DAGs that files declare or have declared. */
export async function dagsOfFiles(pool: DatabasePool, files: readonly string[]): ReturnType<DagLists["dagsOfFiles"]> {
  const { rows } = await runGuarded(pool, "any", (client) =>
    client.query<{ file: string; dagId: string }>(DAGS_OF_FILES, [files]),
  );
  return rows;
}

/** A DAG file as it was when it was last loaded. */
export async function findSourceOfFile(pool: DatabasePool, file: string): Promise<string | undefined> {
  const { rows } = await runGuarded(pool, "any", (client) => client.query<{ source: string }>(SOURCE, [file]));
  return rows[0]?.source;
}
