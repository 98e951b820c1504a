import { Box, Breadcrumbs, Group, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

/** A page: its heading, what can be done, and what it shows. */
export interface PageProps {
  readonly title: string;
  /** Shown instead of the title where it is more than text. */
  readonly heading?: ReactNode;
  /** Links to where it belongs. */
  readonly crumbs?: readonly ReactNode[];
  readonly subtitle?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of a page. Each page has one, and so one `h1` and a title in the browser. */
export function Page({ title, heading, crumbs = [], subtitle, actions, children }: PageProps): ReactNode {
  useDocumentTitle(`${title} · Millrace`);
  return (
    <Stack gap="md">
      <Stack gap={4}>
        {crumbs.length > 0 && (
          <Breadcrumbs fz="sm" separatorMargin={6} style={{ flexWrap: "wrap" }}>
            {crumbs}
          </Breadcrumbs>
        )}
        <Group justify="space-between" align="center" gap="sm">
          <Title order={1} style={{ overflowWrap: "anywhere" }}>
            {heading ?? title}
          </Title>
          {actions !== undefined && <Group gap="xs">{actions}</Group>}
        </Group>
        {subtitle !== undefined && (
          <Text size="sm" c="var(--text-dim)" component="div">
            {subtitle}
          </Text>
        )}
      </Stack>
      {children}
    </Stack>
  );
}

/** A surface with a heading, for a part of a page. */
export function Panel({
  title,
  actions,
  children,
  padded = true,
}: {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** False for tables that reach the edge. */
  readonly padded?: boolean;
}): ReactNode {
  return (
    <Box
      component="section"
      bg="var(--surface-raised)"
      bd="1px solid var(--line)"
      style={{ borderRadius: 8, minWidth: 0 }}
    >
      {(title !== undefined || actions !== undefined) && (
        <Group justify="space-between" px="md" py="sm" style={{ borderBottom: "1px solid var(--line)" }}>
          {title !== undefined && <Title order={2}>{title}</Title>}
          {actions}
        </Group>
      )}
      <Box p={padded ? "md" : 0}>{children}</Box>
    </Box>
  );
}
