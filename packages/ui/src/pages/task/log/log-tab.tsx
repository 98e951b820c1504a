import { Button, Group, Text } from "@mantine/core";
import type { AnswerOf, listTries } from "@millrace/api";
import { useMemo, useState, type ReactNode } from "react";
import { splitFilter, useFilters } from "../../../app/url-filters.ts";
import { EmptyState, ErrorState, LoadingState } from "../../../components/answer.tsx";
import { texts } from "../../../texts/index.ts";
import { useZone } from "../../../time/preferences.tsx";
import { CauseAlert } from "../cause-alert.tsx";
import { isTaskLive } from "../is-task-live.model.ts";
import { LogLines, type LineJump } from "./log-lines.tsx";
import { LogSearch } from "./log-search.model.ts";
import { LogSelection } from "./log-selection.model.ts";
import classes from "./log-tab.module.css";
import { LogToolbar, type LogFilterName } from "./log-toolbar.tsx";
import { useLogFeed } from "./use-log-feed.ts";

type Try = AnswerOf<typeof listTries>["items"][number];

/** Which task instance, and its tries. */
export interface LogTabProps {
  readonly runId: number;
  readonly taskId: string;
  readonly mapIndex: number;
  readonly tries: readonly Try[];
}

/** The log of a try: as it comes, to be filtered, searched and kept. */
export function LogTab({ runId, taskId, mapIndex, tries }: LogTabProps): ReactNode {
  const [filters] = useFilters<LogFilterName>();
  const chosen = tries.find(({ tryNumber }) => String(tryNumber) === filters.try) ?? tries.at(-1);
  if (!chosen) return <EmptyState title={texts.task.log.noTry}>{texts.task.log.noTryHint}</EmptyState>;
  return (
    <TryLog key={chosen.tryNumber} runId={runId} taskId={taskId} mapIndex={mapIndex} tries={tries} chosen={chosen} />
  );
}

function TryLog({ runId, taskId, mapIndex, tries, chosen }: LogTabProps & { readonly chosen: Try }): ReactNode {
  const { tryNumber, state: tryState } = chosen;
  const of = { runId, taskId, mapIndex, tryNumber };
  const { feed, state } = useLogFeed(of, isTaskLive(tryState));
  const [filters, change] = useFilters<LogFilterName>();
  const { zone } = useZone();
  const { levels, sources, q = "", line } = filters;
  const pickedLine = line === undefined ? undefined : Number(line) - 1;

  const selection = useMemo(
    () =>
      new LogSelection(feed.store, {
        ...(levels !== undefined && { levels: splitFilter(levels) }),
        ...(sources !== undefined && { sources: splitFilter(sources) }),
      }),
    [feed, levels, sources],
  );
  const search = useSearch(feed, q);
  // Who comes for the reason of a failure finds it at the end; a line of the address comes first.
  const [isFollowing, setFollowing] = useState(pickedLine === undefined && tryState !== "success");
  const [jump, setJump] = useState<LineJump | undefined>(
    pickedLine === undefined ? undefined : { line: pickedLine, turn: 0 },
  );
  const [hit, setHit] = useState<number>();
  const goToHit = (index: number): void => {
    const target = search?.hits.at(index);
    if (target === undefined) return;
    setHit(index);
    setFollowing(false);
    setJump((before) => ({ line: target, turn: (before?.turn ?? 0) + 1 }));
  };
  const isBlank = feed.store.count === 0;
  return (
    <div className={classes["frame"]}>
      <LogToolbar
        of={of}
        tries={tries}
        sources={feed.store.sources}
        search={{ hits: search?.hits.count ?? 0, at: hit, isDone: search?.looked === feed.store.count, goTo: goToHit }}
        onTerm={() => setHit(undefined)}
      />
      {state.error !== undefined && <ErrorState error={state.error} />}
      {isBlank ? (
        state.error === undefined && <Blank phase={state.phase} chosen={chosen} />
      ) : selection.count === 0 ? (
        <EmptyState title={texts.task.log.noLineFits} />
      ) : (
        <LogLines
          feed={feed}
          selection={selection}
          look={{
            wraps: filters.wrap !== "no",
            showsTimes: filters.times !== "no",
            zone,
            lowerTerm: q.toLowerCase(),
            hitLine: hit === undefined ? undefined : search?.hits.at(hit),
            pickedLine,
          }}
          isFollowing={isFollowing}
          onFollow={setFollowing}
          jump={jump}
          onPickLine={(picked) => change({ line: picked === pickedLine ? undefined : String(picked + 1) })}
        />
      )}
      <Group className={classes["foot"]} justify="space-between" gap="sm">
        <Text size="xs" c="var(--text-dim)" role="status">
          {texts.task.log.lines(selection.count, feed.store.count)} ·{" "}
          {state.phase === "over"
            ? texts.task.log.over
            : state.phase === "waiting"
              ? texts.task.log.waiting
              : isTaskLive(tryState)
                ? texts.task.log.live
                : texts.task.log.reading}{" "}
          · {texts.task.log.zone(zone)}
        </Text>
        <Button
          size="compact-xs"
          variant={isFollowing ? "light" : "default"}
          aria-pressed={isFollowing}
          onClick={() => setFollowing(!isFollowing)}
        >
          {isTaskLive(tryState) ? texts.task.log.follow : texts.task.log.toEnd}
        </Button>
      </Group>
    </div>
  );
}

function Blank({ phase, chosen }: { readonly phase: string; readonly chosen: Try }): ReactNode {
  if (phase === "reading" && !isTaskLive(chosen.state)) return <LoadingState rows={8} />;
  if (isTaskLive(chosen.state))
    return <EmptyState title={texts.task.log.notYet}>{texts.task.log.notYetHint}</EmptyState>;
  return (
    <>
      <EmptyState title={texts.task.log.nothingWritten}>{texts.task.log.nothingWrittenHint}</EmptyState>
      {chosen.cause && <CauseAlert cause={chosen.cause} />}
    </>
  );
}

/** Looks for a term from the moment that it stands in the address. */
function useSearch(feed: ReturnType<typeof useLogFeed>["feed"], term: string): LogSearch | undefined {
  const search = useMemo(() => {
    const made = term === "" ? undefined : new LogSearch(term);
    feed.search(made);
    return made;
  }, [feed, term]);
  return search;
}
