import type { AnswerOf, CallInput, Operation } from "@millrace/api";
import {
  queryOptions,
  useInfiniteQuery,
  useQuery,
  type InfiniteData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import type { LiveTopic } from "../live/topics.model.ts";
import { client } from "./client.ts";

/** How a reading of the server differs from others. */
export interface CallSettings {
  /** Which events make it read again; default: none. */
  readonly live?: LiveTopic;
  /** Events make it read again no sooner than this many milliseconds after the last time; default 0. For dear answers that many events concern. */
  readonly calmMs?: number;
  /** False: not yet. */
  readonly enabled?: boolean;
  /** Keeps the last answer on screen while another input is read: lists whose filters change. */
  readonly keepsPrevious?: boolean;
  /** For how long an answer is fresh, in milliseconds; default 30 000. Events make it stale at once. */
  readonly staleTime?: number;
}

/** The key of an answer: an operation and its input. */
export function callKey<O extends Operation>(operation: O, input?: CallInput<O>): readonly unknown[] {
  return input === undefined ? [operation.id] : [operation.id, input];
}

/** Reads an operation of Millrace's own API; see {@link useCall}. For loaders and prefetching. */
export function callOptions<const O extends Operation>(operation: O, input: CallInput<O>, settings: CallSettings = {}) {
  const { live, calmMs, enabled = true, staleTime } = settings;
  return queryOptions<AnswerOf<O>>({
    queryKey: callKey(operation, input),
    queryFn: async ({ signal }) => await client.call(operation, ...([input, { signal }] as never)),
    enabled,
    meta: { live, calmMs },
    ...(staleTime !== undefined && { staleTime }),
  });
}

/** Reads an operation of Millrace's own API and keeps the answer while it is shown. Errors are MillraceErrors. */
export function useCall<const O extends Operation>(
  operation: O,
  input: CallInput<O>,
  settings: CallSettings = {},
): UseQueryResult<AnswerOf<O>> {
  return useQuery({
    ...callOptions(operation, input, settings),
    ...(settings.keepsPrevious && { placeholderData: (previous: AnswerOf<O> | undefined) => previous }),
  });
}

/** Lists of the own API: pages of items, by key. */
type PageOperation = Operation & { readonly query?: unknown };
type ItemOf<O extends Operation> = AnswerOf<O> extends { readonly items: readonly (infer Item)[] } ? Item : never;

/** A list that grows as it is scrolled. `items` has what was read so far. */
export interface EndlessList<Item> {
  readonly items: readonly Item[];
  readonly query: UseInfiniteQueryResult<InfiniteData<unknown>>;
}

/** Reads a list of the own API page by page. Give no `after`; call `query.fetchNextPage()` for more. */
export function useEndlessList<const O extends PageOperation>(
  operation: O,
  input: CallInput<O>,
  settings: CallSettings = {},
): EndlessList<ItemOf<O>> {
  const { live, calmMs, enabled = true } = settings;
  const query = useInfiniteQuery({
    queryKey: [...callKey(operation, input), "endless"],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ signal, pageParam }) => {
      const { query: filters = {} } = input as { readonly query?: object };
      const whole = {
        ...(input as object),
        query: { ...filters, ...(pageParam !== undefined && { after: pageParam }) },
      };
      return await client.call(operation, ...([whole, { signal }] as never));
    },
    getNextPageParam: (page: Page) => page.next,
    enabled,
    meta: { live, calmMs },
    ...(settings.keepsPrevious && {
      placeholderData: (previous: InfiniteData<Page, string | undefined> | undefined) => previous,
    }),
  });
  const items = (query.data?.pages ?? []).flatMap((page) => page.items) as ItemOf<O>[];
  return { items, query };
}

interface Page {
  readonly items: readonly unknown[];
  readonly next?: string;
}
