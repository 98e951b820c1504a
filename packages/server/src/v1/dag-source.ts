import { may } from "../access/caller.ts";
import { bestMediaType } from "../http/best-media-type.ts";
import { Problem } from "../http/problem.ts";
import { Reply, textReply } from "../http/reply.ts";
import type { ServerPorts } from "../ports.ts";
import { openFileToken } from "./file-token.ts";
import type { V1Handlers } from "./handlers.ts";

/** The text of DAG files, and reading them again. Both are for callers who may do so with every DAG of the file. */
export function dagSourceHandlers({
  dagLists,
  parseRequests,
  signer,
}: ServerPorts): Pick<V1Handlers, "get_dag_source" | "reparse_dag_file"> {
  const dagIdsOf = async (file: string): Promise<readonly string[]> =>
    (await dagLists.dagsOfFiles([file])).map(({ dagId }) => dagId);
  return {
    get_dag_source: async ({ caller, params, request }) => {
      const file = openFileToken(signer, params.file_token);
      const dagIds = file === undefined ? [] : await dagIdsOf(file);
      if (dagIds.some((dagId) => !may(caller, ["can_read", "DAGs"], dagId))) throw new Problem(403);
      const source = file === undefined ? undefined : await dagLists.findSource(file);
      if (source === undefined) throw new Problem(404, { title: "Dag source not found" });
      switch (bestMediaType(request.accept, ["text/plain", "application/json"])) {
        case "text/plain":
          return textReply(source);
        case "application/json":
          return { content: source };
        default:
          return new Reply("Not Allowed Accept Header", { status: 406, mediaType: "text/plain; charset=utf-8" });
      }
    },
    reparse_dag_file: async ({ caller, params }) => {
      const file = openFileToken(signer, params.file_token);
      const dagIds = file === undefined ? [] : await dagIdsOf(file);
      if (file === undefined || dagIds.length === 0) throw new Problem(404, { title: "File not found" });
      if (dagIds.some((dagId) => !may(caller, ["can_edit", "DAGs"], dagId))) throw new Problem(403);
      const isNew = await parseRequests.ask(file);
      return isNew ? undefined : new Reply("Duplicate request", { mediaType: "text/plain; charset=utf-8" });
    },
  };
}
