import type { AnswerOf, findRun, getTaskInstance, listTries } from "@millrace/api";
import { Tabs } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useMay } from "../../app/session-context.tsx";
import { useFilters } from "../../app/url-filters.ts";
import { Answer } from "../../components/answer.tsx";
import { texts } from "../../texts/index.ts";
import { AttemptsTab } from "./attempts-tab.tsx";
import { DetailsTab } from "./details-tab.tsx";
import { EventsTab } from "./events-tab.tsx";
import { LogTab } from "./log/log-tab.tsx";
import { RenderedTab } from "./rendered-tab.tsx";
import { XComTab } from "./xcom-tab.tsx";

const TABS = ["logs", "xcom", "rendered", "attempts", "details", "events"] as const;
type TabName = (typeof TABS)[number];

/** All that a task instance left, one beside the other; the choice stands in the address. */
export function InstanceTabs({
  instance,
  run,
  tries,
}: {
  readonly instance: AnswerOf<typeof getTaskInstance>;
  readonly run: AnswerOf<typeof findRun>;
  readonly tries: UseQueryResult<AnswerOf<typeof listTries>>;
}): ReactNode {
  const [{ tab }, change] = useFilters<"tab">();
  const may = useMay();
  const { dagId } = run;
  const { runId, taskId, mapIndex } = instance;
  const isShown: Readonly<Record<TabName, boolean>> = {
    logs: may("can_read", "Task Logs"),
    xcom: may("can_read", "XComs"),
    rendered: true,
    attempts: true,
    details: true,
    events: may("can_read", "Audit Logs"),
  };
  const shown = TABS.filter((each) => isShown[each]);
  const chosen = shown.find((each) => each === tab) ?? shown[0];
  return (
    <Tabs
      value={chosen}
      onChange={(next) => change({ tab: next === shown[0] ? undefined : (next ?? undefined) })}
      keepMounted={false}
    >
      <Tabs.List mb="md" aria-label={texts.task.tabsLabel}>
        {shown.map((each) => (
          <Tabs.Tab key={each} value={each}>
            {texts.task.tabs[each]}
            {each === "attempts" && (tries.data?.items.length ?? 0) > 1 && ` (${tries.data?.items.length})`}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="logs">
        <Answer query={tries} skeletonRows={10}>
          {({ items }) => <LogTab runId={runId} taskId={taskId} mapIndex={mapIndex} tries={items} />}
        </Answer>
      </Tabs.Panel>
      <Tabs.Panel value="xcom">
        <XComTab instance={instance} />
      </Tabs.Panel>
      <Tabs.Panel value="rendered">
        <RenderedTab rendered={instance.rendered} />
      </Tabs.Panel>
      <Tabs.Panel value="attempts">
        <Answer query={tries}>{({ items }) => <AttemptsTab tries={items} dagId={dagId} />}</Answer>
      </Tabs.Panel>
      <Tabs.Panel value="details">
        <DetailsTab instance={instance} run={run} />
      </Tabs.Panel>
      <Tabs.Panel value="events">
        <EventsTab instance={instance} run={run} />
      </Tabs.Panel>
    </Tabs>
  );
}
