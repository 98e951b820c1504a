import { clearRun } from "@millrace/api";
import { CircleStop, Eraser, RotateCcw, SquareCheckBig } from "lucide-react";
import { useState, type ReactNode } from "react";
import { client } from "../../server/client.ts";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";
import { useShortcut } from "../shortcuts.ts";
import { ActionMenu, type ActionEntry, type ActionLook } from "./action-menu.tsx";
import { groupInstances, toSelect, type InstanceTarget } from "./action-targets.model.ts";
import { ClearDialog } from "./clear-dialog.tsx";
import { MarkDialog, type MarkedState } from "./mark-dialog.tsx";
import { useRights } from "./use-rights.ts";

const words = texts.act;
/** What a try can be taken away from. */
const STOPPABLE: ReadonlySet<string> = new Set([
  "running",
  "queued",
  "scheduled",
  "deferred",
  "up_for_retry",
  "up_for_reschedule",
  "restarting",
]);

/** What is done to a task instance, and where. */
export interface TaskInstanceActionsProps {
  readonly instance: InstanceTarget;
  readonly look?: ActionLook;
  /** Offers keys; only for the one task instance that a page is about. */
  readonly hasShortcuts?: boolean;
}

type Open = { readonly dialog: "clear" } | { readonly dialog: "mark"; readonly first: MarkedState };

/** What can be done to a task instance: retry, stop, clear, mark; what does not fit its state or is not allowed is left out. */
export function TaskInstanceActions({ instance, look, hasShortcuts = false }: TaskInstanceActionsProps): ReactNode {
  const [open, setOpen] = useState<Open>();
  const { clear: may } = useRights(instance.run.dagId);
  const retry = useRetry(instance);
  const hasFailed = instance.state === "failed" || instance.state === "upstream_failed";
  const group = words.shortcuts.group;
  const actions = {
    clear: () => setOpen({ dialog: "clear" }),
    mark: () => setOpen({ dialog: "mark", first: instance.state === "success" ? "failed" : "success" }),
    stop: () => setOpen({ dialog: "mark", first: "failed" }),
    retry: () => retry.mutate(),
  };
  useShortcut({ keys: "c", label: words.shortcuts.clear, group }, actions.clear, hasShortcuts && may);
  useShortcut({ keys: "m", label: words.shortcuts.mark, group }, actions.mark, hasShortcuts && may);
  useShortcut({ keys: "t", label: words.shortcuts.retry, group }, actions.retry, hasShortcuts && may && hasFailed);
  const keyOf = (key: string): { readonly shortcut?: string } => (hasShortcuts ? { shortcut: key } : {});
  const entries: readonly (ActionEntry | false)[] = [
    hasFailed && {
      key: "retry",
      label: words.retry.verb,
      hint: words.retry.hint,
      icon: RotateCcw,
      onAct: actions.retry,
      isBusy: retry.isPending,
      ...keyOf("t"),
    },
    STOPPABLE.has(instance.state) && {
      key: "stop",
      label: words.stopTask.verb,
      hint: words.stopTask.explain,
      icon: CircleStop,
      onAct: actions.stop,
    },
    { key: "clear", label: words.clear.verb, icon: Eraser, onAct: actions.clear, ...keyOf("c") },
    { key: "mark", label: `${words.mark.verb} …`, icon: SquareCheckBig, onAct: actions.mark, ...keyOf("m") },
  ];
  const name = nameOf(instance);
  const parts = groupInstances([instance]);
  const close = (): void => setOpen(undefined);
  if (!may) return null;
  return (
    <>
      <ActionMenu
        entries={entries.filter((entry) => entry !== false)}
        label={words.moreOfInstance}
        {...(look && { look })}
      />
      {open?.dialog === "clear" && <ClearDialog parts={parts} name={name} onClose={close} />}
      {open?.dialog === "mark" && <MarkDialog parts={parts} name={name} first={open.first} onClose={close} />}
    </>
  );
}

/** Lets a failed instance run again at once, with what failed below because of it. Nothing that has worked is touched. */
function useRetry(instance: InstanceTarget): { readonly mutate: () => void; readonly isPending: boolean } {
  const retry = useAct({
    run: async () => {
      const [part] = groupInstances([instance]);
      const select = toSelect({ ...part.selectors[0], downstream: true, onlyFailed: true });
      return await client.call(clearRun, { params: { runId: instance.run.runId }, body: { select } });
    },
    done: ({ changed = 1 }) => words.retry.done(changed),
  });
  return { mutate: () => retry.mutate(undefined), isPending: retry.isPending };
}

function nameOf({ taskId, mapIndex }: InstanceTarget): string {
  return mapIndex < 0 ? taskId : `${taskId} [${mapIndex}]`;
}
