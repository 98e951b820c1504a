import { Button, Popover, SimpleGrid } from "@mantine/core";
import { TASK_STATES } from "@millrace/api";
import type { ReactNode } from "react";
import { texts } from "../../texts/index.ts";
import { StateBadge } from "../states/state-mark.tsx";

/** What the marks of states mean. */
export function GraphLegend(): ReactNode {
  return (
    <Popover position="bottom-end" withinPortal>
      <Popover.Target>
        <Button size="compact-xs" variant="subtle">
          {texts.graph.legend}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <SimpleGrid cols={2} spacing="md" verticalSpacing={6}>
          {TASK_STATES.map((state) => (
            <StateBadge key={state} state={state} />
          ))}
        </SimpleGrid>
      </Popover.Dropdown>
    </Popover>
  );
}
