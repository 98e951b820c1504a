import type { FoundFile, ImportError } from "@millrace/core";
import type { DagFile } from "./dag-file.ts";
import { resolvePages } from "./resolve-pages.ts";
import { resolveWebhooks } from "./resolve-webhooks.ts";

/**
 * Gives every DAG id to one file: the first in the order given, also when that file is broken now and had the DAG before. The others lose the
 * DAG and get an import error that names both files. Names of webhooks and ids of pages are given away likewise.
 */
export function resolveDuplicates(files: readonly DagFile[]): readonly FoundFile[] {
  const owners = new Map<string, string>();
  for (const { file, claims } of files) for (const dagId of claims) if (!owners.has(dagId)) owners.set(dagId, file);
  const own = files.map(({ found }) => {
    const seen = new Set<string>();
    const errors: ImportError[] = [];
    const dags = found.dags.filter(({ dagId }) => {
      const owner = owners.get(dagId) ?? found.file;
      if (owner === found.file && !seen.has(dagId)) return seen.add(dagId);
      const where =
        owner === found.file ? "twice in this file" : `in ${owner}, which comes first, and in ${found.file}`;
      errors.push({ file: found.file, message: `DAG ${dagId} is declared ${where}: give one of them another id` });
      return false;
    });
    return errors.length === 0 ? found : { ...found, dags, errors: [...found.errors, ...errors] };
  });
  return resolvePages(resolveWebhooks(own));
}
