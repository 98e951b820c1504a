import { getRun, listRuns } from "@millrace/api";
import { Select } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { client } from "../../server/client.ts";
import { useCall } from "../../server/queries.ts";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";
import { parseObject, type Conf } from "./trigger-draft.model.ts";

const words = texts.trigger;
const OFFERED = 30;

/** Takes over the params of a recent run. */
export function FromRun({
  dagId,
  onConf,
}: {
  readonly dagId: string;
  readonly onConf: (conf: Conf) => void;
}): ReactNode {
  const [isOpened, setOpened] = useState(false);
  const runs = useCall(listRuns, { query: { dagId, limit: OFFERED } }, { enabled: isOpened });
  const take = useAct({
    run: async (runId: number) => await client.call(getRun, { params: { runId } }),
    done: ({ conf }) => {
      const taken = parseObject(conf ?? "{}") ?? {};
      onConf(taken);
      return Object.keys(taken).length === 0 ? words.noConf : undefined;
    },
    changes: [],
  });
  return (
    <Select
      size="xs"
      w={240}
      aria-label={words.fromRun}
      placeholder={words.fromRun}
      title={words.fromRunHint}
      searchable
      value={null}
      data={(runs.data?.items ?? []).map(({ runId, runKey }) => ({ value: String(runId), label: runKey }))}
      onDropdownOpen={() => setOpened(true)}
      nothingFoundMessage={runs.isPending ? texts.loading : texts.empty.nothing}
      onChange={(runId) => {
        if (runId === null) return;
        take.mutate(Number(runId));
      }}
    />
  );
}
