import { whyRun } from "@millrace/api";
import { Anchor } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { WhySaid } from "../../components/why-said.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import type { RunWhole } from "./use-run.ts";

const words = texts.run;
const FEW = 3;

/** Why a run that has not ended does not go on: what holds the run, and what holds its tasks. */
export function RunWhy({ run }: { readonly run: RunWhole }): ReactNode {
  const { runId, dagId } = run;
  const [showsAll, setShowsAll] = useState(false);
  const { data } = useCall(
    whyRun,
    { params: { runId } },
    { live: { about: "runs", dagId, runId }, keepsPrevious: true },
  );
  const said = data
    ? [
        ...data.run,
        ...data.tasks.flatMap((task) =>
          task.said.map((each) => ({ ...each, reason: `${words.whyTask(task.taskId, task.count)}: ${each.reason}` })),
        ),
      ]
    : [];
  return (
    <>
      <WhySaid title={words.why} said={showsAll ? said : said.slice(0, FEW)} />
      {said.length > FEW && !showsAll && (
        <Anchor component="button" type="button" size="sm" ta="left" onClick={() => setShowsAll(true)}>
          {texts.dag.gantt.more(said.length - FEW)}
        </Anchor>
      )}
    </>
  );
}
