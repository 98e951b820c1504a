import { setBackfillState } from "@millrace/api";
import { Text } from "@mantine/core";
import { Ban, Pause, Play } from "lucide-react";
import { useState, type ReactNode } from "react";
import { ActionMenu, type ActionEntry } from "../../components/actions/action-menu.tsx";
import { useRights } from "../../components/actions/use-rights.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { client } from "../../server/client.ts";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";
import type { Backfill } from "./backfill-progress.model.ts";

const words = texts.backfills;
type Wanted = "running" | "paused" | "cancelled";
const DONE: Readonly<Record<Wanted, string>> = {
  running: words.resumed,
  paused: words.paused,
  cancelled: words.cancelled,
};

/** Pauses, resumes or cancels a backfill that has not ended. */
export function BackfillActions({ backfill }: { readonly backfill: Backfill }): ReactNode {
  const { backfillId, dagId, state } = backfill;
  const [isAsking, setAsking] = useState(false);
  const { steerBackfill } = useRights(dagId);
  const send = async (to: Wanted): Promise<unknown> =>
    await client.call(setBackfillState, { params: { backfillId }, body: { state: to } });
  const act = useAct({
    run: async (to: Wanted) => {
      await send(to);
      setAsking(false);
    },
    done: (_, to) => DONE[to],
    undo: (_, to) => (to === "paused" ? () => send("running") : undefined),
  });
  if (!steerBackfill || state === "ended" || state === "cancelled") return null;
  const entries: readonly ActionEntry[] = [
    state === "running"
      ? { key: "pause", label: words.pause, icon: Pause, onAct: () => act.mutate("paused") }
      : { key: "resume", label: words.resume, icon: Play, onAct: () => act.mutate("running") },
    { key: "cancel", label: words.cancel, icon: Ban, isDangerous: true, onAct: () => setAsking(true) },
  ];
  return (
    <>
      <ActionMenu entries={entries} look="menu" label={words.columns.actions} />
      <ConfirmDialog
        isOpen={isAsking}
        title={words.cancelTitle}
        verb={words.cancelVerb}
        isDangerous
        isBusy={act.isPending}
        onConfirm={() => act.mutate("cancelled")}
        onClose={() => setAsking(false)}
      >
        <Text size="sm">{words.cancelText}</Text>
      </ConfirmDialog>
    </>
  );
}
