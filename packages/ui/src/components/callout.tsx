import { Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

const TONES = {
  failed: "var(--state-failed)",
  waiting: "var(--state-up_for_retry)",
  plain: "var(--mantine-color-anchor)",
} as const;

/** Something that must be seen beside its cause: tinted, never shouting. */
export function Callout({
  tone,
  title,
  icon,
  children,
}: {
  readonly tone: keyof typeof TONES;
  readonly title: string;
  readonly icon: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  const color = TONES[tone];
  return (
    <Group
      gap="sm"
      align="flex-start"
      wrap="nowrap"
      px="md"
      py="sm"
      role="status"
      style={{
        background: `color-mix(in srgb, ${color} 8%, var(--surface-raised))`,
        border: `1px solid color-mix(in srgb, ${color} 35%, transparent)`,
        borderLeft: `3px solid ${color}`,
        borderRadius: 8,
      }}
    >
      <span aria-hidden style={{ color, lineHeight: 0, marginTop: 2 }}>
        {icon}
      </span>
      <Stack gap={4} style={{ minWidth: 0, flex: 1 }}>
        <Text size="sm" fw={600} style={{ color }}>
          {title}
        </Text>
        {children}
      </Stack>
    </Group>
  );
}
