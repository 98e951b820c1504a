import type { AnswerOf, CallInput, Operation } from "@millrace/api";
import { useQueries, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { callKey, callOptions, type CallSettings } from "./queries.ts";

/** An own operation that answers with a list, by key. */
type ListOperation = Operation & { readonly query?: unknown };
type ItemOf<O extends Operation> = AnswerOf<O> extends { readonly items: readonly (infer Item)[] } ? Item : never;

/** A long list of which only the pages in sight are read again. */
export interface WindowedList<Item, Answer> {
  /** What was read so far. */
  readonly items: readonly Item[];
  /** The first page, with what else it says. */
  readonly first: Answer | undefined;
  readonly hasMore: boolean;
  readonly isReadingMore: boolean;
  /** Reads the next page. */
  readonly readMore: () => void;
  /** Says which rows are in sight. */
  readonly onVisible: (first: number, last: number) => void;
  /** For `Answer`: the first page. */
  readonly query: {
    readonly data: Answer | undefined;
    readonly error: Error | null;
    readonly isPending: boolean;
    readonly isFetching: boolean;
    readonly refetch: () => Promise<unknown>;
  };
}

interface Page {
  readonly items: readonly unknown[];
  readonly next?: string;
}

interface Sight {
  /** Of the input that it is about. */
  readonly of: string;
  /** Pages that are wanted. */
  readonly pages: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Reads a list of the own API page by page, and again only the pages in sight when an event concerns them: a list of 10 000 rows costs no more to keep fresh
 * than what is looked at. Each page begins after the one before as that is now.
 */
export function useWindowedList<const O extends ListOperation>(
  operation: O,
  input: CallInput<O>,
  settings: CallSettings = {},
): WindowedList<ItemOf<O>, AnswerOf<O>> {
  const { enabled: isEnabled = true } = settings;
  const queries = useQueryClient();
  const of = JSON.stringify(callKey(operation, input));
  const start: Sight = { of, pages: 1, from: 0, to: 0 };
  const [kept, setSight] = useState<Sight>(start);
  const sight = kept.of === of ? kept : start;
  const inputs = chainOf(queries, operation, input, sight.pages);
  const [shown, setShown] = useState<{ readonly of: string; readonly pages: readonly (Page | undefined)[] }>();
  const results = useQueries({
    queries: inputs.map((each, index) =>
      callOptions(operation, each, { ...settings, enabled: isEnabled && index >= sight.from && index <= sight.to }),
    ),
  });
  const read = results.map(({ data }) => data as Page | undefined);
  // A page that begins elsewhere now is shown as it was until it is read.
  const before = shown !== undefined && (shown.of === of || settings.keepsPrevious) ? shown.pages : [];
  const pages = Array.from({ length: Math.max(read.length, shown?.of === of ? before.length : 1) }, (_, index) => {
    return read[index] ?? before[index];
  });
  if (read.every((page) => page !== undefined) && !sameAs(shown, of, read)) setShown({ of, pages: read });
  const lengths = pages.map((page) => page?.items.length ?? 0);
  const last = read.at(-1);
  const onVisible = useCallback(
    (from: number, to: number) =>
      setSight((now) => narrowed(now.of === of ? now : { ...start, of }, lengths, from, to)),
    [of, lengths.join(",")],
  );
  return {
    items: pages.flatMap((page) => page?.items ?? []) as ItemOf<O>[],
    first: (pages[0] as AnswerOf<O> | undefined) ?? undefined,
    hasMore: last?.next !== undefined,
    isReadingMore: results.length > 1 && last === undefined,
    readMore: () =>
      setSight((now) => {
        const here = now.of === of ? now : start;
        return last?.next === undefined
          ? here
          : { ...here, pages: read.length + 1, to: Math.max(here.to, read.length) };
      }),
    onVisible,
    query: { ...queryOf(results), data: pages[0] as AnswerOf<O> | undefined },
  };
}

function queryOf(
  results: readonly {
    readonly error: Error | null;
    readonly isPending: boolean;
    readonly isFetching: boolean;
    readonly refetch: () => Promise<unknown>;
  }[],
): Omit<WindowedList<unknown, unknown>["query"], "data"> {
  return {
    error: results.find(({ error }) => error !== null)?.error ?? null,
    isPending: results[0]?.isPending ?? true,
    isFetching: results.some(({ isFetching }) => isFetching),
    refetch: async () =>
      await Promise.all(results.filter(({ error }) => error !== null).map(({ refetch }) => refetch())),
  };
}

/** Inputs of the pages: each begins where the one before ends, as far as that is known. */
function chainOf<O extends ListOperation>(
  queries: QueryClient,
  operation: O,
  input: CallInput<O>,
  count: number,
): CallInput<O>[] {
  const inputs = [input];
  while (inputs.length < count) {
    const page = queries.getQueryData<Page>(callKey(operation, inputs[inputs.length - 1]));
    if (page?.next === undefined) break;
    const { query = {} } = input as { readonly query?: object };
    inputs.push({ ...(input as object), query: { ...query, after: page.next } } as unknown as CallInput<O>);
  }
  return inputs;
}

/** Which pages rows lie on; one more on each side is kept fresh, so that scrolling finds it so. */
function narrowed(sight: Sight, lengths: readonly number[], first: number, last: number): Sight {
  const pageOf = (row: number): number => {
    let [page, left] = [0, row];
    while (page < lengths.length - 1 && left >= (lengths[page] ?? 0)) left -= lengths[page++] ?? 0;
    return page;
  };
  const [from, to] = [Math.max(0, pageOf(first) - 1), pageOf(last) + 1];
  return from === sight.from && to === sight.to ? sight : { ...sight, from, to };
}

function sameAs(
  shown: { readonly of: string; readonly pages: readonly unknown[] } | undefined,
  of: string,
  read: readonly unknown[],
): boolean {
  if (shown?.of !== of || shown.pages.length !== read.length) return false;
  return read.every((page, index) => page === shown.pages[index]);
}
