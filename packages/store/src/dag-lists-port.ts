import type { DagLists } from "@millrace/core";
import type { DatabasePool } from "./postgres/index.ts";
import { listDagWarnings } from "./queries/list-dag-warnings.ts";
import { findListedDag, listDagsByOffset } from "./queries/list-dags-by-offset.ts";
import { findImportError, listImportErrorsByOffset } from "./queries/list-import-errors.ts";
import { dagsOfFiles, findSourceOfFile } from "./queries/read-dag-files.ts";

/** Lists of DAGs and their files on PostgreSQL. */
export function makeDagLists(pool: DatabasePool): DagLists {
  return {
    listDags: (request) => listDagsByOffset(pool, request),
    findDag: (dagId) => findListedDag(pool, dagId),
    dagsOfFiles: (files) => dagsOfFiles(pool, files),
    findSource: (file) => findSourceOfFile(pool, file),
    listImportErrors: (request) => listImportErrorsByOffset(pool, request),
    findImportError: (importErrorId) => findImportError(pool, importErrorId),
    listWarnings: (request) => listDagWarnings(pool, request),
  };
}
