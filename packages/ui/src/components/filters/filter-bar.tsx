import { Button, Group } from "@mantine/core";
import { FilterX } from "lucide-react";
import type { ReactNode } from "react";
import { texts } from "../../texts/index.ts";

/** A row of filters, with a way to leave all of them. */
export function FilterBar({
  children,
  onReset,
}: {
  readonly children: ReactNode;
  /** Given while any filter is set. */
  readonly onReset?: (() => void) | undefined;
}): ReactNode {
  return (
    <Group gap="xs" role="search" align="center">
      {children}
      {onReset && (
        <Button size="compact-sm" variant="subtle" onClick={onReset} leftSection={<FilterX size={14} aria-hidden />}>
          {texts.filters.reset}
        </Button>
      )}
    </Group>
  );
}
