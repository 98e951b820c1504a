import { describeSchedule } from "@millrace/api";
import { ActionIcon, Badge, Group, Text, Tooltip, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { FileWarning, Play, Star } from "lucide-react";
import type { ReactNode } from "react";
import { PauseSwitch } from "../../components/actions/pause-switch.tsx";
import { useRights } from "../../components/actions/use-rights.ts";
import { AppLink } from "../../components/app-link.tsx";
import type { Column } from "../../components/table/data-table.tsx";
import { StateMark, stateWord } from "../../components/states/state-mark.tsx";
import { DataText, DistanceText } from "../../components/time-text.tsx";
import { texts } from "../../texts/index.ts";
import classes from "./dag-columns.module.css";
import type { DagRow } from "./dag-row.ts";
import type { Favourites } from "./favourites.ts";
import { RecentRuns } from "./recent-runs.tsx";
import { RunCounts } from "./run-counts.tsx";

const words = texts.dags;

/** Columns of the list of DAGs. */
export function dagColumns({
  favourites,
  onTag,
}: {
  readonly favourites: Favourites;
  readonly onTag: (tag: string) => void;
}): readonly Column<DagRow>[] {
  return [
    {
      key: "paused",
      header: <VisuallyHidden>{words.pausedHeader}</VisuallyHidden>,
      width: 76,
      cell: (dag) => (
        <Group gap={6} wrap="nowrap">
          <FavouriteStar dagId={dag.dagId} favourites={favourites} />
          <PauseSwitch dagId={dag.dagId} paused={dag.paused} />
        </Group>
      ),
    },
    { key: "dagId", header: words.dag, canSort: true, cell: (dag) => <DagName dag={dag} onTag={onTag} /> },
    { key: "recent", header: words.recentRuns, width: 174, isExtra: true, cell: (dag) => <RecentRuns dag={dag} /> },
    {
      key: "lastRun",
      header: words.lastRun,
      width: 140,
      canSort: true,
      isExtra: true,
      cell: (dag) => <LastRun dag={dag} />,
    },
    {
      key: "nextRun",
      header: words.scheduleAndNext,
      width: 370,
      canSort: true,
      isExtra: true,
      cell: (dag) => <NextRun dag={dag} />,
    },
    { key: "counts", header: words.runCounts, width: 120, isExtra: true, cell: (dag) => <RunCounts dag={dag} /> },
    {
      key: "trigger",
      header: <VisuallyHidden>{words.triggerHeader}</VisuallyHidden>,
      width: 40,
      cell: ({ dagId }) => <TriggerIcon dagId={dagId} />,
    },
  ];
}

function FavouriteStar({ dagId, favourites }: { readonly dagId: string; readonly favourites: Favourites }): ReactNode {
  const isOne = favourites.has(dagId);
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={words.favourite(dagId)}
      aria-pressed={isOne}
      onClick={() => favourites.toggle(dagId)}
    >
      <Star
        size={15}
        fill={isOne ? "currentColor" : "none"}
        color={isOne ? "var(--state-up_for_retry)" : "currentColor"}
      />
    </ActionIcon>
  );
}

function DagName({ dag, onTag }: { readonly dag: DagRow; readonly onTag: (tag: string) => void }): ReactNode {
  const { dagId, displayName, description, tags, owners, importError } = dag;
  return (
    <div className={classes["name"]}>
      <div className={classes["line"]}>
        {dag.lastRun && (
          <span className={classes["narrow"]}>
            <StateMark state={dag.lastRun.state} size={14} label={words.lastRunIs(stateWord(dag.lastRun.state))} />
          </span>
        )}
        <AppLink to="/dags/$dagId/grid" params={{ dagId }} fw={600} className={classes["id"]}>
          {dagId}
        </AppLink>
        {importError && (
          <Tooltip label={`${words.loadsNot} ${importError.message}`} multiline w={360}>
            <FileWarning size={15} color="var(--state-failed)" role="img" aria-label={words.loadsNot} />
          </Tooltip>
        )}
        {tags.slice(0, 3).map((tag) => (
          <UnstyledButton key={tag} onClick={() => onTag(tag)} className={classes["tag"]}>
            <Badge variant="default" size="sm" tt="none" fw={400} style={{ cursor: "inherit" }}>
              {tag}
            </Badge>
          </UnstyledButton>
        ))}
        {tags.length > 3 && (
          <Tooltip label={tags.slice(3).join(", ")}>
            <Text size="xs" c="var(--text-dim)">
              +{tags.length - 3}
            </Text>
          </Tooltip>
        )}
      </div>
      <Text size="xs" c="var(--text-dim)" truncate title={description}>
        {[displayName, description, owners.join(", ")].filter((part) => part !== undefined && part !== "").join(" · ")}
      </Text>
    </div>
  );
}

function LastRun({ dag: { dagId, lastRun } }: { readonly dag: DagRow }): ReactNode {
  if (lastRun === undefined) return <Dim>{words.noRunYet}</Dim>;
  const { state, runKey, startedAt, endedAt } = lastRun;
  return (
    <AppLink to="/dags/$dagId/runs/$runKey" params={{ dagId, runKey }} className={classes["plain"]} title={runKey}>
      <StateMark state={state} {...(startedAt !== undefined && { label: stateWord(state) })} />{" "}
      {startedAt === undefined ? stateWord(state) : <DistanceText at={endedAt ?? startedAt} />}
    </AppLink>
  );
}

function NextRun({ dag: { schedule, nextRun, paused } }: { readonly dag: DagRow }): ReactNode {
  const said = describeSchedule(schedule);
  return (
    <>
      <Text size="sm" truncate title={said} {...(paused && { c: "var(--text-dim)" })}>
        {said}
      </Text>
      {(paused || nextRun !== undefined) && (
        <Text size="xs" c="var(--text-dim)" component="div" lh={1.3}>
          {paused ? (
            words.isPaused
          ) : (
            <>
              <DistanceText at={nextRun?.runAfter} />: {nextRun && <DataText {...nextRun} />}
            </>
          )}
        </Text>
      )}
    </>
  );
}

function TriggerIcon({ dagId }: { readonly dagId: string }): ReactNode {
  const { trigger } = useRights(dagId);
  if (!trigger) return null;
  return (
    <AppLink
      to="/dags/$dagId/trigger"
      params={{ dagId }}
      aria-label={words.trigger(dagId)}
      className={classes["trigger"]}
    >
      <Play size={16} aria-hidden />
    </AppLink>
  );
}

function Dim({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <Text size="sm" c="var(--text-dim)">
      {children}
    </Text>
  );
}
