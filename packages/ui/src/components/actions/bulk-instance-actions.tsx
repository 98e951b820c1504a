import { Eraser, SquareCheckBig } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useMay } from "../../app/session-context.tsx";
import { texts } from "../../texts/index.ts";
import { ActionMenu } from "./action-menu.tsx";
import { groupInstances, type InstanceTarget } from "./action-targets.model.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { ClearDialog } from "./clear-dialog.tsx";
import { MarkDialog } from "./mark-dialog.tsx";

const words = texts.act;

/** What is done to several task instances, of one run or of many. */
export interface BulkInstanceActionsProps {
  /** The chosen ones. */
  readonly instances: readonly InstanceTarget[];
  /** Chooses none any more; also called after something was done to all of them. */
  readonly onClear: () => void;
}

/** What can be done to all chosen task instances; nothing while none is chosen. */
export function BulkInstanceActions({ instances, onClear }: BulkInstanceActionsProps): ReactNode {
  const [open, setOpen] = useState<"clear" | "mark">();
  const may = useMay();
  if (instances.length === 0) return null;
  const isAllowed =
    may("can_edit", "Task Instances") && instances.every(({ run }) => may("can_edit", "DAGs", run.dagId));
  const name = words.instances(instances.length);
  const parts = groupInstances(instances);
  const close = (): void => setOpen(undefined);
  const done = (): void => {
    close();
    onClear();
  };
  return (
    <BulkBar count={name} onClear={onClear}>
      {isAllowed && (
        <ActionMenu
          label={words.moreOfInstance}
          entries={[
            { key: "clear", label: words.clear.verb, icon: Eraser, onAct: () => setOpen("clear") },
            { key: "mark", label: `${words.mark.verb} …`, icon: SquareCheckBig, onAct: () => setOpen("mark") },
          ]}
        />
      )}
      {open === "clear" && <ClearDialog parts={parts} name={name} onClose={close} onDone={done} />}
      {open === "mark" && <MarkDialog parts={parts} name={name} onClose={close} onDone={done} />}
    </BulkBar>
  );
}
