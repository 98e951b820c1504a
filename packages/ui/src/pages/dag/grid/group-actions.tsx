import { Eraser, SquareCheckBig } from "lucide-react";
import { useState, type ReactNode } from "react";
import { ActionMenu } from "../../../components/actions/action-menu.tsx";
import { groupInstances, type RunTarget } from "../../../components/actions/action-targets.model.ts";
import { ClearDialog } from "../../../components/actions/clear-dialog.tsx";
import { MarkDialog } from "../../../components/actions/mark-dialog.tsx";
import { useRights } from "../../../components/actions/use-rights.ts";
import { texts } from "../../../texts/index.ts";

const words = texts.act;

/** What can be done to all tasks of a group in one run. */
export function GroupActions({
  run,
  groupId,
  taskIds,
}: {
  readonly run: RunTarget;
  readonly groupId: string;
  readonly taskIds: readonly string[];
}): ReactNode {
  const [open, setOpen] = useState<"clear" | "mark">();
  const { clear: may } = useRights(run.dagId);
  if (!may || taskIds.length === 0) return null;
  const parts = groupInstances(taskIds.map((taskId) => ({ run, taskId, mapIndex: -1, state: "none" as const })));
  const close = (): void => setOpen(undefined);
  return (
    <>
      <ActionMenu
        label={words.moreOfInstance}
        entries={[
          { key: "clear", label: words.clear.verb, icon: Eraser, onAct: () => setOpen("clear") },
          { key: "mark", label: `${words.mark.verb} …`, icon: SquareCheckBig, onAct: () => setOpen("mark") },
        ]}
      />
      {open === "clear" && <ClearDialog parts={parts} name={groupId} onClose={close} />}
      {open === "mark" && <MarkDialog parts={parts} name={groupId} onClose={close} />}
    </>
  );
}
