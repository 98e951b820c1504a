import { ActionIcon, Group, SegmentedControl, Select, Tooltip } from "@mantine/core";
import { ChevronsDownUp, ChevronsUpDown, MoveDown, MoveRight, Search } from "lucide-react";
import { useMemo, type ReactNode } from "react";
import { texts } from "../../texts/index.ts";
import type { GraphChoices } from "./use-graph-choices.ts";

const SHOWN_HITS = 40;
const ALL = "all";

/** What can be done with a graph: find a node, narrow to what is around it, turn it, open and close its groups. */
export function GraphToolbar({ choices }: { readonly choices: GraphChoices }): ReactNode {
  const { whole, direction, turn, openAll, closeAll, focus, lookAt, around, setAround } = choices;
  const words = texts.graph;
  const options = useMemo(
    () =>
      whole.nodes.map(({ id, kind }) => ({ value: id, label: kind === "task" ? id : id.slice(id.indexOf(":") + 1) })),
    [whole],
  );
  return (
    <Group gap="xs">
      <Select
        size="xs"
        w={220}
        aria-label={words.find}
        placeholder={words.find}
        leftSection={<Search size={13} />}
        searchable
        clearable
        limit={SHOWN_HITS}
        nothingFoundMessage={words.nothingFound}
        data={options}
        value={options.some(({ value }) => value === focus) ? focus : null}
        onChange={(picked) => lookAt(picked ?? undefined)}
      />
      {focus !== undefined && (
        <SegmentedControl
          size="xs"
          aria-label={words.around}
          data={[
            { value: ALL, label: words.whole },
            { value: "upstream", label: words.upstream },
            { value: "downstream", label: words.downstream },
            { value: "both", label: words.both },
          ]}
          value={around ?? ALL}
          onChange={(next) => setAround(next === ALL ? undefined : next)}
        />
      )}
      <Tooltip label={direction === "LR" ? words.toTopDown : words.toLeftRight}>
        <ActionIcon
          variant="default"
          aria-label={direction === "LR" ? words.toTopDown : words.toLeftRight}
          onClick={() => turn(direction === "LR" ? "TB" : "LR")}
        >
          {direction === "LR" ? <MoveDown size={15} /> : <MoveRight size={15} />}
        </ActionIcon>
      </Tooltip>
      {whole.groups.length > 0 && (
        <>
          <Tooltip label={words.openAll}>
            <ActionIcon variant="default" aria-label={words.openAll} onClick={openAll}>
              <ChevronsUpDown size={15} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={words.closeAll}>
            <ActionIcon variant="default" aria-label={words.closeAll} onClick={closeAll}>
              <ChevronsDownUp size={15} />
            </ActionIcon>
          </Tooltip>
        </>
      )}
    </Group>
  );
}
