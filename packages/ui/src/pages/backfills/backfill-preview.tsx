import { type previewBackfill, type AnswerOf } from "@millrace/api";
import { Badge, Group, Stack, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { Circle } from "lucide-react";
import type { ReactNode } from "react";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { RunLink } from "../../components/run-links.tsx";
import { StateMark, stateWord } from "../../components/states/state-mark.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { TimeText } from "../../components/time-text.tsx";
import { texts } from "../../texts/index.ts";

const words = texts.backfills;

/** What a backfill would do, as the server says it. */
export type BackfillPreviewAnswer = AnswerOf<typeof previewBackfill>;
type DateRow = BackfillPreviewAnswer["dates"][number];

const COLORS: Readonly<Record<string, string>> = {
  create: "var(--state-success)",
  clear: "var(--state-up_for_retry)",
  skip: "var(--state-none)",
};

/** Which dates a backfill would make runs for, which it would run again and which it would leave. */
export function BackfillPreview({
  dagId,
  query,
}: {
  readonly dagId: string;
  readonly query: UseQueryResult<BackfillPreviewAnswer>;
}): ReactNode {
  return (
    <Answer
      query={query}
      isEmpty={isNothing}
      empty={<EmptyState title={words.form.nothing}>{words.form.nothingHint}</EmptyState>}
    >
      {({ counts, dates }) => {
        const all = counts.create + counts.clear + counts.skip;
        return (
          <Stack gap="xs" style={{ opacity: query.isPlaceholderData ? 0.5 : 1 }} aria-busy={query.isFetching}>
            <Group gap="xs" aria-live="polite">
              {(["create", "clear", "skip"] as const)
                .filter((each) => counts[each] > 0)
                .map((each) => (
                  <Badge
                    key={each}
                    variant="default"
                    leftSection={<Circle size={9} fill={COLORS[each]} color={COLORS[each]} aria-hidden />}
                    tt="none"
                    size="lg"
                  >
                    {counts[each].toLocaleString("en")} {words.counts[each]}
                  </Badge>
                ))}
            </Group>
            <DataTable
              label={words.form.preview}
              columns={columnsOf(dagId)}
              rows={dates}
              rowId={({ logicalDate }) => logicalDate}
              height="320px"
            />
            {dates.length < all && (
              <Text size="xs" c="var(--text-dim)">
                {words.shown(dates.length, all)}
              </Text>
            )}
          </Stack>
        );
      }}
    </Answer>
  );
}

function isNothing({ counts }: BackfillPreviewAnswer): boolean {
  return counts.create + counts.clear + counts.skip === 0;
}

function columnsOf(dagId: string): readonly Column<DateRow>[] {
  const { dateColumns } = words;
  return [
    {
      key: "date",
      header: dateColumns.date,
      cell: ({ logicalDate }) => <TimeText at={logicalDate} precision="minute" />,
    },
    {
      key: "interval",
      header: dateColumns.interval,
      isExtra: true,
      cell: ({ intervalStart, intervalEnd }) => (
        <>
          <TimeText at={intervalStart} precision="minute" /> {texts.time.until}{" "}
          <TimeText at={intervalEnd} precision="minute" />
        </>
      ),
    },
    {
      key: "action",
      header: dateColumns.action,
      cell: ({ action }) => (
        <Text span inherit style={{ whiteSpace: "nowrap" }} c={action === "skip" ? "var(--text-dim)" : undefined}>
          {action in words.actions ? words.actions[action as keyof typeof words.actions] : action}
        </Text>
      ),
    },
    {
      key: "run",
      header: dateColumns.run,
      cell: ({ run }) =>
        run && (
          <Group gap={6} wrap="nowrap">
            <StateMark state={run.state} label={stateWord(run.state)} />
            <RunLink dagId={dagId} runKey={run.runKey} />
          </Group>
        ),
    },
  ];
}
