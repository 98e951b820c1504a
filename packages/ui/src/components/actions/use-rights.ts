import { useMay } from "../../app/session-context.tsx";

/** What the person at the screen may do with a DAG and what it ran. */
export interface Rights {
  readonly trigger: boolean;
  readonly pause: boolean;
  readonly clear: boolean;
  readonly markRun: boolean;
  readonly deleteRun: boolean;
  readonly deleteDag: boolean;
  readonly backfill: boolean;
  readonly steerBackfill: boolean;
}

/** What may be done with a DAG; the same needs as the server's. */
export function useRights(dagId: string): Rights {
  const may = useMay();
  const edits = may("can_edit", "DAGs", dagId);
  return {
    trigger: edits && may("can_create", "DAG Runs"),
    pause: edits,
    clear: edits && may("can_edit", "Task Instances"),
    markRun: edits && may("can_edit", "DAG Runs"),
    deleteRun: edits && may("can_delete", "DAG Runs"),
    deleteDag: may("can_delete", "DAGs", dagId),
    backfill: edits && may("can_create", "Backfills"),
    steerBackfill: edits && may("can_edit", "Backfills"),
  };
}
