import { Box, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { texts } from "../../../texts/index.ts";
import { CellMark, judgementColor } from "./judgement-mark.tsx";
import { PanelLink } from "./panel-link.tsx";
import { formatAmount, type PanelOf } from "./panel.model.ts";
import classes from "./panels.module.css";

/** One number or word that people look at first. */
export function StatPanel({ panel }: { readonly panel: PanelOf<"stat"> }): ReactNode {
  const { title, value, unit, state, link, hint } = panel;
  const shown = value === null ? texts.pages.unknown : typeof value === "number" ? formatAmount(value) : value;
  return (
    <Box
      component="section"
      bg="var(--surface-raised)"
      p="md"
      style={{
        border: "1px solid var(--line)",
        borderLeft: `4px solid ${state === undefined ? "var(--line)" : judgementColor(state)}`,
        borderRadius: 8,
      }}
    >
      <Stack gap={4}>
        <Title order={2} fz="sm" fw={500} c="var(--text-dim)">
          {title}
        </Title>
        <Group gap="xs" wrap="nowrap">
          {state !== undefined && <CellMark state={state} size={20} />}
          <span className={classes["value"]}>
            <PanelLink link={link}>{shown}</PanelLink>
            {unit !== undefined && value !== null && (
              <Text span fz="md" fw={400} c="var(--text-dim)">
                {" "}
                {unit}
              </Text>
            )}
          </span>
        </Group>
        {hint !== undefined && (
          <Text size="xs" c="var(--text-dim)">
            {hint}
          </Text>
        )}
      </Stack>
    </Box>
  );
}
