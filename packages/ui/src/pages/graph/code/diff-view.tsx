import { compareVersions, type AnswerOf } from "@millrace/api";
import { Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useMemo, type ReactNode } from "react";
import { useFilters } from "../../../app/url-filters.ts";
import { Answer } from "../../../components/answer.tsx";
import { AppLink } from "../../../components/app-link.tsx";
import { Panel } from "../../../components/page.tsx";
import { useCall } from "../../../server/queries.ts";
import { texts } from "../../../texts/index.ts";
import { CodeLine } from "./code-line.tsx";
import classes from "./code.module.css";
import { diffRows, type DiffLine, type DiffRow } from "./diff-rows.model.ts";
import type { CodeToken } from "./make-highlighter.ts";
import { useHighlighted } from "./use-highlighted.ts";

interface DiffProps {
  readonly dagId: string;
  readonly version: number;
  readonly older: number;
}

type Compared = AnswerOf<typeof compareVersions>;

/** What differs between two versions: tasks, and lines of the file. */
export function DiffView({ dagId, version, older }: DiffProps): ReactNode {
  const compared = useCall(compareVersions, { params: { dagId, version, older } }, { staleTime: Infinity });
  return (
    <Answer query={compared} skeletonRows={14}>
      {(data) => (
        <Stack gap="sm">
          <TaskChanges data={data} dagId={dagId} />
          <Lines data={data} dagId={dagId} version={version} older={older} />
        </Stack>
      )}
    </Answer>
  );
}

function TaskChanges({ data, dagId }: { readonly data: Compared; readonly dagId: string }): ReactNode {
  const { code } = texts.graph;
  const kinds = [
    [code.added, data.added, "var(--state-success)"],
    [code.removed, data.removed, "var(--state-failed)"],
    [code.changed, data.changed, "var(--state-up_for_retry)"],
  ] as const;
  if (kinds.every(([, taskIds]) => taskIds.length === 0)) return <Text size="sm">{code.sameTasks}</Text>;
  return (
    <Panel title={code.tasks}>
      <Stack gap={6}>
        {kinds.map(([label, taskIds, color]) =>
          taskIds.length === 0 ? null : (
            <Group key={label} gap="xs" align="baseline" wrap="nowrap">
              <Text size="sm" fw={600} miw={88} style={{ color }}>
                {taskIds.length} {label}
              </Text>
              <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                {taskIds.map((taskId, index) => (
                  <span key={taskId}>
                    {index > 0 && ", "}
                    {label === code.removed ? (
                      taskId
                    ) : (
                      <AppLink to="/dags/$dagId/graph" params={{ dagId }} search={{ focus: taskId }}>
                        {taskId}
                      </AppLink>
                    )}
                  </span>
                ))}
              </Text>
            </Group>
          ),
        )}
      </Stack>
    </Panel>
  );
}

function Lines({ data, dagId, version, older }: DiffProps & { readonly data: Compared }): ReactNode {
  const [{ view, whole }, change] = useFilters<"view" | "whole">();
  const { code } = texts.graph;
  const { before, after } = data;
  const rows = useMemo(
    () => diffRows(before.source, after.source, { whole: whole === "yes" }),
    [before.source, after.source, whole],
  );
  const left = useHighlighted([dagId, older], before.source);
  const right = useHighlighted([dagId, version], after.source);
  if (before.source === after.source) return <Text size="sm">{code.sameFile}</Text>;
  const Shown = view === "unified" ? Unified : SideBySide;
  return (
    <Panel
      padded={false}
      title={
        <Text span ff="monospace" fz="sm">
          {before.file === after.file ? after.file : `${before.file} → ${after.file}`}
        </Text>
      }
      actions={
        <Group gap="xs">
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => change({ whole: whole === "yes" ? undefined : "yes" })}
          >
            {whole === "yes" ? code.onlyChanges : code.wholeFile}
          </Button>
          <SegmentedControl
            size="xs"
            aria-label={code.view}
            data={[
              { value: "split", label: code.split },
              { value: "unified", label: code.unified },
            ]}
            value={view === "unified" ? "unified" : "split"}
            onChange={(next) => change({ view: next === "unified" ? next : undefined })}
          />
        </Group>
      }
    >
      <div className={classes["diffScroll"]} tabIndex={0} role="region" aria-label={code.compare(older, version)}>
        <table className={classes["diff"]}>
          <thead>
            <tr className={classes["hidden"]}>
              <th colSpan={2}>{code.versionOf(older)}</th>
              <th colSpan={2}>{code.versionOf(version)}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <Shown key={index} row={row} left={left} right={right} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

interface RowProps {
  readonly row: DiffRow;
  readonly left: readonly (readonly CodeToken[])[];
  readonly right: readonly (readonly CodeToken[])[];
}

function Gap({ lines }: { readonly lines: number }): ReactNode {
  return (
    <tr className={classes["gap"]}>
      <td colSpan={4}>{texts.graph.code.gap(lines)}</td>
    </tr>
  );
}

function SideBySide({ row, left, right }: RowProps): ReactNode {
  if (row.kind === "gap") return <Gap lines={row.lines} />;
  const isChanged = row.kind === "changed";
  return (
    <tr>
      <Side line={row.before} tokens={left} change={isChanged ? "removed" : undefined} />
      <Side line={row.after} tokens={right} change={isChanged ? "added" : undefined} />
    </tr>
  );
}

type Change = "added" | "removed";

function Side({
  line,
  tokens,
  change,
}: {
  readonly line: DiffLine | undefined;
  readonly tokens: RowProps["left"];
  readonly change: Change | undefined;
}): ReactNode {
  if (!line) return <td colSpan={2} className={classes["nothing"]} />;
  return (
    <>
      <td className={classes["diffNumber"]}>{line.number}</td>
      <td className={classes["diffText"]} data-change={change}>
        <Sign change={change} />
        <CodeLine tokens={tokens[line.number - 1] ?? [{ text: line.text }]} />
      </td>
    </>
  );
}

/** Also says it to those who see no colours and to those who hear the page. */
function Sign({ change }: { readonly change: Change | undefined }): ReactNode {
  const sign = change === undefined ? " " : change === "added" ? "+" : "-";
  return (
    <span className={classes["sign"]} aria-label={change && texts.graph.code[change]} role={change && "img"}>
      {sign}
    </span>
  );
}

function Unified({ row, left, right }: RowProps): ReactNode {
  if (row.kind === "gap") return <Gap lines={row.lines} />;
  if (row.kind === "same") return <UnifiedLine before={row.before} after={row.after} tokens={right} />;
  return (
    <>
      {row.before && <UnifiedLine before={row.before} tokens={left} change="removed" />}
      {row.after && <UnifiedLine after={row.after} tokens={right} change="added" />}
    </>
  );
}

function UnifiedLine({
  before,
  after,
  tokens,
  change,
}: {
  readonly before?: DiffLine;
  readonly after?: DiffLine;
  readonly tokens: RowProps["left"];
  readonly change?: Change;
}): ReactNode {
  const line = after ?? before;
  return (
    <tr>
      <td className={classes["diffNumber"]}>{before?.number}</td>
      <td className={classes["diffNumber"]}>{after?.number}</td>
      <td colSpan={2} className={classes["diffText"]} data-change={change}>
        <Sign change={change} />
        {line && <CodeLine tokens={tokens[line.number - 1] ?? [{ text: line.text }]} />}
      </td>
    </tr>
  );
}
