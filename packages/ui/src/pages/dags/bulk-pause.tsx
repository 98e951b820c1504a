import { pauseDag } from "@millrace/api";
import { Box, Button } from "@mantine/core";
import { Pause, Play } from "lucide-react";
import type { ReactNode } from "react";
import { useMay } from "../../app/session-context.tsx";
import { BulkBar } from "../../components/actions/bulk-bar.tsx";
import { runAtMost } from "../../components/actions/run-at-most.ts";
import { client } from "../../server/client.ts";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";
import type { DagRow } from "./dag-row.ts";

const words = texts.dags;
const AT_ONCE = 6;

/** Pauses or unpauses the chosen DAGs; can be taken back. Nothing while none is chosen. */
export function BulkPause({
  dags,
  onClear,
}: {
  readonly dags: readonly DagRow[];
  readonly onClear: () => void;
}): ReactNode {
  const may = useMay();
  const act = useAct({
    run: async (paused: boolean) => {
      const changed = dags.filter((dag) => dag.paused !== paused && may("can_edit", "DAGs", dag.dagId));
      await setPaused(changed, paused);
      return changed;
    },
    done: (changed, paused) => (paused ? words.pausedMany(changed.length) : words.unpausedMany(changed.length)),
    undo: (changed, paused) => (changed.length === 0 ? undefined : () => setPaused(changed, !paused)),
  });
  if (dags.length === 0) return null;
  const isAllowed = dags.some(({ dagId }) => may("can_edit", "DAGs", dagId));
  return (
    <Box px="sm" py={6} bg="var(--mantine-primary-color-light)" style={{ borderBottom: "1px solid var(--line)" }}>
      <BulkBar count={words.chosen(dags.length)} onClear={onClear}>
        {isAllowed && (
          <>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<Pause size={14} aria-hidden />}
              disabled={dags.every(({ paused }) => paused)}
              loading={act.isPending}
              onClick={() => act.mutate(true)}
            >
              {words.pauseAll}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<Play size={14} aria-hidden />}
              disabled={dags.every(({ paused }) => !paused)}
              loading={act.isPending}
              onClick={() => act.mutate(false)}
            >
              {words.unpauseAll}
            </Button>
          </>
        )}
      </BulkBar>
    </Box>
  );
}

async function setPaused(dags: readonly DagRow[], paused: boolean): Promise<void> {
  await runAtMost(AT_ONCE, dags, ({ dagId }) => client.call(pauseDag, { params: { dagId }, body: { paused } }));
}
