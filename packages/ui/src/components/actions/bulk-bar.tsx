import { CloseButton, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { texts } from "../../texts/index.ts";

/** How many are chosen, and what can be done to all of them. */
export function BulkBar({
  count,
  onClear,
  children,
}: {
  /** Like "3 runs". */
  readonly count: string;
  readonly onClear: () => void;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Group gap="xs" role="toolbar" aria-label={texts.act.chosen(count)}>
      <Text size="sm" fw={600} aria-live="polite">
        {texts.act.chosen(count)}
      </Text>
      {children}
      <CloseButton size="sm" aria-label={texts.act.chooseNone} onClick={onClear} />
    </Group>
  );
}
