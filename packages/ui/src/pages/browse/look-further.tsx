import { Button, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { WindowedList } from "../../server/windowed-list.ts";
import { texts } from "../../texts/index.ts";

const words = texts.browse;

/** Where a search has looked at many and found none of them fitting, it goes on when somebody wants it to. */
export function LookFurther({
  list,
}: {
  readonly list: Pick<WindowedList<unknown, unknown>, "items" | "hasMore" | "isReadingMore" | "readMore">;
}): ReactNode {
  if (list.items.length > 0 || !list.hasMore) return null;
  return (
    <Group p="md" gap="sm">
      <Text size="sm">{words.searchesOn}</Text>
      <Button size="compact-sm" variant="default" onClick={list.readMore} loading={list.isReadingMore}>
        {words.searchOn}
      </Button>
    </Group>
  );
}
