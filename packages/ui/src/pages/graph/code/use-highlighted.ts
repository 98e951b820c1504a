import { useQuery } from "@tanstack/react-query";
import type { CodeToken } from "./make-highlighter.ts";

/** Lines of a source in colours; without them until they are there, and when they cannot be made. */
export function useHighlighted(names: readonly unknown[], source: string): readonly (readonly CodeToken[])[] {
  const { data } = useQuery({
    queryKey: ["highlighted", ...names],
    queryFn: async ({ client }) => {
      const highlight = await client.ensureQueryData({
        queryKey: ["highlighter"],
        queryFn: async () => await (await import("./make-highlighter.ts")).makeHighlighter(),
        staleTime: Infinity,
        gcTime: Infinity,
      });
      return highlight(source);
    },
    staleTime: Infinity,
    retry: false,
  });
  return data ?? source.split("\n").map((text) => [{ text }]);
}
