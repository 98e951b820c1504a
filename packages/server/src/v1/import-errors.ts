import type { V1ImportError } from "@millrace/api";
import { formatInstant, type ListedImportError } from "@millrace/core";
import type { Caller } from "../access/caller.ts";
import { dagIdsFor } from "../access/dag-ids-for.ts";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import type { V1Handlers } from "./handlers.ts";
import { readOrder } from "./order-by.ts";
import { readPage } from "./paging.ts";

const FIELDS = { import_error_id: "id", timestamp: "at", filename: "file" } as const;

const REDACTED = "REDACTED - you do not have read permission on all DAGs in the file";

/** Why DAG files cannot be loaded. Who may not read all DAGs of a file does not see why; who may read none does not see the error. */
export function importErrorHandlers(
  { dagLists }: ServerPorts,
  { maximumPageLimit }: ServerSettings,
): Pick<V1Handlers, "get_import_errors" | "get_import_error"> {
  /** How much of a file's DAGs a caller may read. */
  const sightOf = async (caller: Caller, files: readonly string[]): Promise<(file: string) => Sight> => {
    const readable = dagIdsFor(caller, "can_read");
    if (readable === undefined) return () => "all";
    const dags = await dagLists.dagsOfFiles(files);
    return (file) => {
      const visible = dags.filter((dag) => dag.file === file).map(({ dagId }) => readable.includes(dagId));
      if (!visible.includes(true)) return "none";
      return visible.includes(false) ? "some" : "all";
    };
  };
  return {
    get_import_errors: async ({ caller, query }) => {
      const { field, descending } = readOrder(
        query.order_by,
        ["import_error_id", "timestamp", "filename"],
        "import_error_id",
      );
      const dagIds = dagIdsFor(caller, "can_read");
      const { items, total } = await dagLists.listImportErrors({
        by: FIELDS[field],
        descending,
        ...readPage(query, maximumPageLimit),
        ...(dagIds && { dagIds }),
      });
      const sight = await sightOf(
        caller,
        items.map(({ file }) => file),
      );
      return { import_errors: items.map((error) => bodyOf(error, sight(error.file))), total_entries: total };
    },
    get_import_error: async ({ caller, params: { import_error_id: id } }) => {
      const error = await dagLists.findImportError(id);
      if (!error) {
        throw new Problem(404, {
          title: "Import error not found",
          detail: `The ImportError with import_error_id: \`${id}\` was not found`,
        });
      }
      const sight = (await sightOf(caller, [error.file]))(error.file);
      if (sight === "none")
        throw new Problem(403, { detail: "You do not have read permission on any of the DAGs in the file" });
      return bodyOf(error, sight);
    },
  };
}

type Sight = "all" | "some" | "none";

function bodyOf(error: ListedImportError, sight: Sight): V1ImportError {
  const { importErrorId, file, message, line, stack, at } = error;
  const place = line === undefined ? "" : ` (line ${line})`;
  return {
    import_error_id: importErrorId,
    timestamp: formatInstant(at),
    filename: file,
    stack_trace: sight === "all" ? [`${message}${place}`, stack].filter(Boolean).join("\n") : REDACTED,
  };
}
