import { ActionIcon, Chip, Group, Menu, MultiSelect, Select, Text, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import type { AnswerOf, listTries } from "@millrace/api";
import { ChevronDown, ChevronUp, Clock, Download, Search, WrapText } from "lucide-react";
import { useEffect, useState, type KeyboardEvent, type ReactNode } from "react";
import { joinFilter, splitFilter, useFilters } from "../../../app/url-filters.ts";
import { stateWord } from "../../../components/states/state-mark.tsx";
import { useAct } from "../../../server/use-act.ts";
import { texts } from "../../../texts/index.ts";
import { useZone } from "../../../time/preferences.tsx";
import { logLink, saveLogText } from "./download-log.ts";
import type { LogOf } from "./log-feed.ts";
import { LOG_LEVELS } from "./log-record.model.ts";
import classes from "./log-tab.module.css";

/** What of a log's view stands in the address. */
export type LogFilterName = "try" | "levels" | "sources" | "q" | "wrap" | "times" | "line";

const TYPING_MS = 250;

/** Where the search stands. */
export interface SearchPlace {
  readonly hits: number;
  /** The hit that the reader stands at. */
  readonly at: number | undefined;
  /** False while the log is still looked through. */
  readonly isDone: boolean;
  readonly goTo: (hit: number) => void;
}

/** What can be done with a log: choose the try, narrow, search, wrap, keep. */
export function LogToolbar({
  of,
  tries,
  sources,
  search,
  onTerm,
}: {
  readonly of: LogOf;
  readonly tries: readonly AnswerOf<typeof listTries>["items"][number][];
  readonly sources: readonly string[];
  readonly search: SearchPlace;
  readonly onTerm: () => void;
}): ReactNode {
  const [filters, change] = useFilters<LogFilterName>();
  const { log } = texts.task;
  const levels = filters.levels === undefined ? LOG_LEVELS : splitFilter(filters.levels);
  return (
    <Group gap="xs" className={classes["bar"]}>
      {tries.length > 1 && (
        <Select
          size="xs"
          w={150}
          aria-label={log.try}
          allowDeselect={false}
          data={tries.map(({ tryNumber, state }) => ({
            value: String(tryNumber),
            label: log.tryOf(tryNumber, stateWord(state)),
          }))}
          value={String(of.tryNumber)}
          onChange={(picked) => change({ try: picked ?? undefined, line: undefined })}
        />
      )}
      <Chip.Group
        multiple
        value={[...levels]}
        onChange={(picked) => change({ levels: picked.length === LOG_LEVELS.length ? undefined : joinFilter(picked) })}
      >
        <Group gap={4} role="group" aria-label={log.levels}>
          {LOG_LEVELS.map((level) => (
            <Chip key={level} value={level} size="xs" radius="sm" variant="light">
              {level}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {(sources.length > 1 || filters.sources !== undefined) && (
        <MultiSelect
          size="xs"
          miw={130}
          maw={260}
          aria-label={log.sources}
          placeholder={filters.sources === undefined ? log.allSources : undefined}
          data={[...new Set([...sources, ...splitFilter(filters.sources)])].filter((source) => source !== "")}
          value={[...splitFilter(filters.sources)]}
          onChange={(picked) => change({ sources: joinFilter(picked) })}
          clearable
        />
      )}
      <SearchField search={search} onTerm={onTerm} />
      <Group gap={4} ml="auto">
        <Toggle
          label={log.wrap}
          isOn={filters.wrap !== "no"}
          onToggle={(isOn) => change({ wrap: isOn ? undefined : "no" })}
        >
          <WrapText size={15} />
        </Toggle>
        <Toggle
          label={log.times}
          isOn={filters.times !== "no"}
          onToggle={(isOn) => change({ times: isOn ? undefined : "no" })}
        >
          <Clock size={15} />
        </Toggle>
        <DownloadMenu of={of} />
      </Group>
    </Group>
  );
}

function SearchField({ search, onTerm }: { readonly search: SearchPlace; readonly onTerm: () => void }): ReactNode {
  const [filters, change] = useFilters<LogFilterName>();
  const [typed, setTyped] = useState(filters.q ?? "");
  const { log } = texts.task;
  const apply = useDebouncedCallback((term: string) => {
    onTerm();
    change({ q: term === "" ? undefined : term });
  }, TYPING_MS);
  const { hits, at, isDone, goTo } = search;
  const next = (step: number): void => {
    if (hits > 0) goTo(at === undefined ? (step > 0 ? 0 : hits - 1) : (at + step + hits) % hits);
  };
  // Enter may come before the term was looked for: it then goes to the first hit as soon as there is one.
  const [isWaiting, setWaiting] = useState(false);
  const onKey = (key: KeyboardEvent): void => {
    if (key.key !== "Enter") return;
    if (hits > 0 && typed === filters.q) next(key.shiftKey ? -1 : 1);
    else setWaiting(typed !== "");
  };
  useEffect(() => {
    if (!isWaiting || hits === 0 || typed !== filters.q) return;
    setWaiting(false);
    goTo(0);
  }, [isWaiting, hits, typed, filters.q, goTo]);
  return (
    <Group gap={4} wrap="nowrap">
      <TextInput
        size="xs"
        w={210}
        type="search"
        aria-label={log.search}
        placeholder={log.search}
        leftSection={<Search size={13} />}
        value={typed}
        onChange={(changed) => {
          setTyped(changed.currentTarget.value);
          apply(changed.currentTarget.value);
        }}
        onKeyDown={onKey}
      />
      {filters.q !== undefined && (
        <>
          <Text size="xs" c="var(--text-dim)" role="status" style={{ whiteSpace: "nowrap" }}>
            {log.hits(at === undefined ? undefined : at + 1, hits, isDone)}
          </Text>
          <ActionIcon
            size="sm"
            variant="subtle"
            aria-label={log.previous}
            disabled={hits === 0}
            onClick={() => next(-1)}
          >
            <ChevronUp size={15} />
          </ActionIcon>
          <ActionIcon size="sm" variant="subtle" aria-label={log.next} disabled={hits === 0} onClick={() => next(1)}>
            <ChevronDown size={15} />
          </ActionIcon>
        </>
      )}
    </Group>
  );
}

function Toggle({
  label,
  isOn,
  onToggle,
  children,
}: {
  readonly label: string;
  readonly isOn: boolean;
  readonly onToggle: (isOn: boolean) => void;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={isOn ? "light" : "subtle"}
        aria-label={label}
        aria-pressed={isOn}
        onClick={() => onToggle(!isOn)}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function DownloadMenu({ of }: { readonly of: LogOf }): ReactNode {
  const { log } = texts.task;
  const { zone } = useZone();
  const save = useAct({ run: async () => await saveLogText(of, zone), changes: [] });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label={log.download}>
          <ActionIcon variant="subtle" aria-label={log.download} loading={save.isPending}>
            <Download size={15} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save.mutate(undefined)}>{log.asText}</Menu.Item>
        <Menu.Item component="a" {...logLink(of)}>
          {log.asJson}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
