import { Box } from "@mantine/core";
import type { ReactNode } from "react";

/** The strip above a table where actions on chosen rows stand; nothing while none is chosen. */
export function ChosenBar({ count, children }: { readonly count: number; readonly children: ReactNode }): ReactNode {
  return count === 0 ? null : (
    <Box px="sm" py={6} bg="var(--mantine-primary-color-light)" style={{ borderBottom: "1px solid var(--line)" }}>
      {children}
    </Box>
  );
}
