import { Eraser, ListPlus, SquareCheckBig, Trash2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import { texts } from "../../texts/index.ts";
import { useShortcut } from "../shortcuts.ts";
import { ActionMenu, type ActionEntry, type ActionLook } from "./action-menu.tsx";
import { wholeRuns, type RunTarget } from "./action-targets.model.ts";
import { ClearDialog } from "./clear-dialog.tsx";
import { DeleteRunsDialog } from "./delete-runs-dialog.tsx";
import { MarkRunsDialog } from "./mark-runs-dialog.tsx";
import { QueueNewDialog } from "./queue-new-dialog.tsx";
import { useRights } from "./use-rights.ts";

const words = texts.act;

/** What is done to a run, and where. */
export interface RunActionsProps {
  readonly run: RunTarget;
  readonly look?: ActionLook;
  /** Offers keys; only for the one run that a page is about. */
  readonly hasShortcuts?: boolean;
  /** After the run is gone. */
  readonly onDeleted?: () => void;
}

type Open = "clear" | "mark" | "queueNew" | "delete";

/** What can be done to a run: clear, mark, queue new tasks, delete; what the person may not do is left out. */
export function RunActions({ run, look, hasShortcuts = false, onDeleted }: RunActionsProps): ReactNode {
  const [open, setOpen] = useState<Open>();
  const rights = useRights(run.dagId);
  const group = words.shortcuts.group;
  useShortcut({ keys: "c", label: words.shortcuts.clear, group }, () => setOpen("clear"), hasShortcuts && rights.clear);
  useShortcut({ keys: "m", label: words.shortcuts.mark, group }, () => setOpen("mark"), hasShortcuts && rights.markRun);
  useShortcut(
    { keys: "d", label: words.shortcuts.remove, group },
    () => setOpen("delete"),
    hasShortcuts && rights.deleteRun,
  );
  const keyOf = (key: string): { readonly shortcut?: string } => (hasShortcuts ? { shortcut: key } : {});
  const entries: readonly ActionEntry[] = [
    ...(rights.clear
      ? [{ key: "clear", label: words.clear.verb, icon: Eraser, onAct: () => setOpen("clear"), ...keyOf("c") }]
      : []),
    ...(rights.markRun
      ? [
          {
            key: "mark",
            label: `${words.mark.verb} …`,
            icon: SquareCheckBig,
            onAct: () => setOpen("mark"),
            ...keyOf("m"),
          },
        ]
      : []),
    ...(rights.clear
      ? [{ key: "new", label: words.queueNew.verb, icon: ListPlus, isRare: true, onAct: () => setOpen("queueNew") }]
      : []),
    ...(rights.deleteRun
      ? [
          {
            key: "delete",
            label: words.delete.verb,
            icon: Trash2,
            isRare: true,
            isDangerous: true,
            onAct: () => setOpen("delete"),
            ...keyOf("d"),
          },
        ]
      : []),
  ];
  const close = (): void => setOpen(undefined);
  const deleted = (): void => {
    close();
    onDeleted?.();
  };
  return (
    <>
      <ActionMenu entries={entries} label={words.moreOfRun} {...(look && { look })} />
      {open === "clear" && <ClearDialog parts={wholeRuns([run])} name={run.runKey} onClose={close} />}
      {open === "mark" && <MarkRunsDialog runs={[run]} name={run.runKey} onClose={close} />}
      {open === "queueNew" && <QueueNewDialog runs={[run]} name={run.runKey} onClose={close} />}
      {open === "delete" && <DeleteRunsDialog runs={[run]} onClose={close} onDone={deleted} />}
    </>
  );
}
