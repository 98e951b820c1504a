import { Text } from "@mantine/core";
import type { ReactNode } from "react";

/** Says in a panel that there is nothing of its kind: good news that needs no room. */
export function QuietLine({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <Text size="sm" c="var(--text-dim)" px="md" py="sm">
      {children}
    </Text>
  );
}
