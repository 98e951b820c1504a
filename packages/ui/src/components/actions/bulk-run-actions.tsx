import { Eraser, ListPlus, SquareCheckBig, Trash2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useMay } from "../../app/session-context.tsx";
import { texts } from "../../texts/index.ts";
import { ActionMenu, type ActionEntry } from "./action-menu.tsx";
import { wholeRuns, type RunTarget } from "./action-targets.model.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { ClearDialog } from "./clear-dialog.tsx";
import { DeleteRunsDialog } from "./delete-runs-dialog.tsx";
import { MarkRunsDialog } from "./mark-runs-dialog.tsx";
import { QueueNewDialog } from "./queue-new-dialog.tsx";

const words = texts.act;

/** What is done to several runs, of one DAG or of many. */
export interface BulkRunActionsProps {
  /** The chosen ones. */
  readonly runs: readonly RunTarget[];
  /** Chooses none any more; also called after something was done to all of them. */
  readonly onClear: () => void;
}

/** What can be done to all chosen runs; nothing while none is chosen. */
export function BulkRunActions({ runs, onClear }: BulkRunActionsProps): ReactNode {
  const [open, setOpen] = useState<"clear" | "mark" | "queueNew" | "delete">();
  const may = useMay();
  if (runs.length === 0) return null;
  const edits = runs.every(({ dagId }) => may("can_edit", "DAGs", dagId));
  const [clears, marks, deletes] = [
    edits && may("can_edit", "Task Instances"),
    edits && may("can_edit", "DAG Runs"),
    edits && may("can_delete", "DAG Runs"),
  ];
  const entries: readonly (ActionEntry | false)[] = [
    clears && { key: "clear", label: words.clear.verb, icon: Eraser, onAct: () => setOpen("clear") },
    marks && { key: "mark", label: `${words.mark.verb} …`, icon: SquareCheckBig, onAct: () => setOpen("mark") },
    clears && { key: "new", label: words.queueNew.verb, icon: ListPlus, onAct: () => setOpen("queueNew") },
    deletes && {
      key: "delete",
      label: texts.actions.delete,
      icon: Trash2,
      isDangerous: true,
      onAct: () => setOpen("delete"),
    },
  ];
  const name = words.runs(runs.length);
  const close = (): void => setOpen(undefined);
  const done = (): void => {
    close();
    onClear();
  };
  return (
    <BulkBar count={name} onClear={onClear}>
      <ActionMenu entries={entries.filter((entry) => entry !== false)} label={words.moreOfRun} />
      {open === "clear" && <ClearDialog parts={wholeRuns(runs)} name={name} onClose={close} onDone={done} />}
      {open === "mark" && <MarkRunsDialog runs={runs} name={name} onClose={close} onDone={done} />}
      {open === "queueNew" && <QueueNewDialog runs={runs} name={name} onClose={close} onDone={done} />}
      {open === "delete" && <DeleteRunsDialog runs={runs} onClose={close} onDone={done} />}
    </BulkBar>
  );
}
