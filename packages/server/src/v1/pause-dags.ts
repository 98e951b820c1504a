import type { V1DAGInput } from "@millrace/api";
import { MillraceError } from "@millrace/core";
import { auditName } from "../access/audit-name.ts";
import type { Caller } from "../access/caller.ts";
import { dagIdsFor } from "../access/dag-ids-for.ts";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import { dagBody } from "./dag-body.ts";
import { dagFilterOf } from "./dag-filter.ts";
import type { V1Handlers } from "./handlers.ts";
import { readPage } from "./paging.ts";
import { reprPython } from "./python-text.ts";
import { applyMask } from "./update-mask.ts";

/** Commands that are under way together when many DAGs are paused. */
const PAUSED_AT_ONCE = 4;

const ALL = "~";

/** Pausing DAGs, one or a page of many: all that API v1 can change about them. */
export function pauseHandlers(
  ports: ServerPorts,
  { maximumPageLimit }: ServerSettings,
): Pick<V1Handlers, "patch_dags" | "patch_dag"> {
  const { dagLists, signer } = ports;
  return {
    patch_dags: async ({ caller, query, body: given }) => {
      const paused = readPaused(given, query.update_mask);
      const { items, total } = await dagLists.listDags({
        ...dagFilterOf(query, dagIdsFor(caller, "can_edit")),
        ...(query.dag_id_pattern !== ALL && { idPart: query.dag_id_pattern }),
        ...readPage(query, maximumPageLimit),
      });
      const wrong = items.filter((dag) => dag.paused !== paused);
      for (let from = 0; from < wrong.length; from += PAUSED_AT_ONCE) {
        const some = wrong.slice(from, from + PAUSED_AT_ONCE);
        await Promise.all(some.map(({ dagId }) => setPaused(ports, { dagId, paused, caller })));
      }
      return { dags: items.map((dag) => dagBody({ ...dag, paused }, signer)), total_entries: total };
    },
    patch_dag: async ({ caller, params: { dag_id: dagId }, query, body: given }) => {
      const paused = readPaused(given, query.update_mask);
      const dag = await dagLists.findDag(dagId);
      if (!dag) throw new Problem(404, { title: `Dag with id: '${dagId}' not found` });
      if (dag.paused !== paused) await setPaused(ports, { dagId, paused, caller });
      return dagBody({ ...dag, paused }, signer);
    },
  };
}

/** @throws Problem 400 */
function readPaused(body: V1DAGInput, mask: readonly string[] | undefined): boolean {
  const { is_paused: paused } = applyMask(body, mask, {
    allowed: ["is_paused"],
    refusal: () => "Only `is_paused` field can be updated through the REST API",
  });
  if (typeof paused === "boolean") return paused;
  const complaint = paused === null ? "Field may not be null." : "Missing data for required field.";
  throw new Problem(400, { detail: reprPython({ is_paused: [complaint] }) });
}

async function setPaused(
  { commands }: ServerPorts,
  { dagId, paused, caller }: { readonly dagId: string; readonly paused: boolean; readonly caller: Caller },
): Promise<void> {
  const answer = await commands.send(dagId, { kind: "pause", paused }, auditName(caller));
  if (!answer.ok) throw new MillraceError(answer.code, answer.message);
}
