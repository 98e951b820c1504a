import type { AnswerOf, getGraph } from "@millrace/api";
import type { GridTree } from "./grid-rows.model.ts";

/** The tasks and groups of a run's version, without their edges. */
export function treeOfGraph({ nodes, groups }: Pick<AnswerOf<typeof getGraph>, "nodes" | "groups">): GridTree {
  return {
    tasks: nodes.map(({ taskId, label, mapped, group }) => ({
      taskId,
      label,
      isMapped: mapped,
      upstream: [],
      ...(group !== undefined && { group }),
    })),
    groups: groups.map(({ groupId, parent, mapped }) => ({
      groupId,
      isMapped: mapped,
      ...(parent !== undefined && { parent }),
    })),
  };
}
