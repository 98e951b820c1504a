import { Alert, Button, Code, Group, Skeleton, Stack, Text } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { Inbox, TriangleAlert } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { describeError } from "../server/describe-error.ts";
import { texts } from "../texts/index.ts";

/** How an answer is shown in each of its four states. */
export interface AnswerProps<Data> {
  readonly query: Pick<UseQueryResult<Data>, "data" | "error" | "isPending" | "isFetching"> & {
    readonly refetch: () => unknown;
  };
  /** Whether there is nothing to show. */
  readonly isEmpty?: (data: Data) => boolean;
  /** What stands there then: why there is nothing, and what to do about it. */
  readonly empty?: ReactNode;
  /** Rows of the grey shape that stands there first; default 6. */
  readonly skeletonRows?: number;
  readonly children: (data: Data) => ReactNode;
}

/** Shows an answer of the server: loading, error, empty, or what it has. An error keeps the last answer on screen. */
export function Answer<Data>({ query, isEmpty, empty, skeletonRows = 6, children }: AnswerProps<Data>): ReactNode {
  const { data, error } = query;
  if (data === undefined) {
    if (error) return <ErrorState error={error} retry={() => void query.refetch()} isRetrying={query.isFetching} />;
    return <LoadingState rows={skeletonRows} />;
  }
  return (
    <>
      {error && <ErrorState error={error} retry={() => void query.refetch()} isRetrying={query.isFetching} />}
      {isEmpty?.(data) ? (empty ?? <EmptyState title={texts.empty.nothing} />) : children(data)}
    </>
  );
}

/** Grey lines where an answer will stand; only after a moment, so that quick answers do not flicker. */
export function LoadingState({ rows = 6 }: { readonly rows?: number }): ReactNode {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 120);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Stack gap="xs" aria-busy="true" role="status" aria-label={texts.loading} mih={rows * 22}>
      {isLate &&
        Array.from({ length: rows }, (_, row) => (
          <Skeleton key={row} height={14} width={`${96 - ((row * 17) % 40)}%`} />
        ))}
    </Stack>
  );
}

/** What went wrong, in the server's words, and what to do. */
export function ErrorState({
  error,
  retry,
  isRetrying = false,
}: {
  readonly error: unknown;
  readonly retry?: () => void;
  readonly isRetrying?: boolean;
}): ReactNode {
  const { title, detail, hint, requestId } = describeError(error);
  return (
    <Alert color="red" variant="light" icon={<TriangleAlert size={18} />} title={title} role="alert" my="xs">
      <Stack gap="xs" align="flex-start">
        <Text size="sm" style={{ overflowWrap: "anywhere", whiteSpace: "pre-line" }}>
          {detail}
        </Text>
        {hint !== undefined && <Text size="sm">{hint}</Text>}
        <Group gap="sm">
          {retry && (
            <Button size="compact-sm" variant="default" onClick={retry} loading={isRetrying}>
              {texts.actions.tryAgain}
            </Button>
          )}
          {requestId !== undefined && (
            <Text size="xs" c="dimmed">
              {texts.errors.request} <Code>{requestId}</Code>
            </Text>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

/** Nothing is there: why, and what to do about it. */
export function EmptyState({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}): ReactNode {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" c="var(--text-dim)" ta="center">
      <Inbox size={30} strokeWidth={1.4} aria-hidden />
      <Text fw={600}>{title}</Text>
      {children !== undefined && (
        <Text size="sm" maw={520} component="div">
          {children}
        </Text>
      )}
      {action}
    </Stack>
  );
}
