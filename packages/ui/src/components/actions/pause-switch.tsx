import { Switch, Tooltip } from "@mantine/core";
import { pauseDag } from "@millrace/api";
import type { ReactNode } from "react";
import { client } from "../../server/client.ts";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";
import { useShortcut } from "../shortcuts.ts";
import { useRights } from "./use-rights.ts";

const words = texts.act.pause;

/** Whether a DAG makes runs by its schedule; pausing and unpausing can be taken back. */
export function PauseSwitch({
  dagId,
  paused,
  hasLabel = false,
  hasShortcuts = false,
}: {
  readonly dagId: string;
  readonly paused: boolean;
  /** Writes the state beside it. */
  readonly hasLabel?: boolean;
  /** Offers a key; only on the page of one DAG. */
  readonly hasShortcuts?: boolean;
}): ReactNode {
  const rights = useRights(dagId);
  const send = async (to: boolean): Promise<unknown> =>
    await client.call(pauseDag, { params: { dagId }, body: { paused: to } });
  const act = useAct({
    run: send,
    done: (_, to: boolean) => (to ? words.paused(dagId) : words.unpaused(dagId)),
    undo: (_, to) => () => send(!to),
  });
  const shown = act.isPending ? act.variables : paused;
  const toggle = (): void => act.mutate(!paused);
  useShortcut(
    { keys: "p", label: texts.act.shortcuts.pause, group: texts.act.shortcuts.group },
    toggle,
    hasShortcuts && rights.pause,
  );
  const word = shown ? words.off : words.on;
  return (
    <Tooltip label={word} disabled={hasLabel}>
      <Switch
        size="xs"
        checked={!shown}
        onChange={toggle}
        disabled={!rights.pause || act.isPending}
        label={hasLabel ? word : undefined}
        aria-label={words.label(dagId)}
      />
    </Tooltip>
  );
}
