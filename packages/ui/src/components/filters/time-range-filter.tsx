import { Button, Group, Popover, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { CalendarRange } from "lucide-react";
import { useState, type ReactNode } from "react";
import { texts } from "../../texts/index.ts";
import { formatTime } from "../../time/format-time.model.ts";
import { useZone } from "../../time/preferences.tsx";
import { fromWall, toWall } from "../../time/wall-time.model.ts";

/** A span of time; each end may be open. ISO texts. */
export interface TimeRange {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

const HOUR_MS = 3_600_000;
const SPANS = [
  [texts.filters.lastHour, HOUR_MS],
  [texts.filters.lastDay, 24 * HOUR_MS],
  [texts.filters.lastWeek, 7 * 24 * HOUR_MS],
  [texts.filters.lastMonth, 30 * 24 * HOUR_MS],
] as const;

/** Picks a span of time that a list is narrowed to, in the zone that the person picked. */
export function TimeRangeFilter({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: TimeRange;
  readonly onChange: (range: TimeRange) => void;
}): ReactNode {
  const { zone } = useZone();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const isSet = value.from !== undefined || value.to !== undefined;
  const latest = (ms: number): void => {
    onChange({ from: new Date(Math.floor((Date.now() - ms) / 60_000) * 60_000).toISOString(), to: undefined });
    close();
  };
  return (
    <Popover opened={isOpen} onChange={(open) => !open && close()} position="bottom-start" trapFocus>
      <Popover.Target>
        <Button
          variant={isSet ? "light" : "default"}
          size="xs"
          fw={400}
          onClick={toggle}
          leftSection={<CalendarRange size={14} aria-hidden />}
        >
          {isSet ? `${label}: ${rangeText(value, zone)}` : label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Group gap={4} wrap="nowrap">
            {SPANS.map(([name, ms]) => (
              <Button key={name} size="compact-xs" variant="default" onClick={() => latest(ms)}>
                {name}
              </Button>
            ))}
          </Group>
          <EndField
            label={texts.filters.from}
            zone={zone}
            value={value.from}
            onChange={(from) => onChange({ ...value, from })}
          />
          <EndField
            label={texts.filters.to}
            zone={zone}
            value={value.to}
            onChange={(to) => onChange({ ...value, to })}
          />
          <Group justify="flex-end" gap="xs">
            <Button size="compact-sm" variant="subtle" onClick={() => onChange({ from: undefined, to: undefined })}>
              {texts.actions.clear}
            </Button>
            <Button size="compact-sm" onClick={close}>
              {texts.actions.close}
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function EndField({
  label,
  zone,
  value,
  onChange,
}: {
  readonly label: string;
  readonly zone: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}): ReactNode {
  // The URL answers a moment later: until then, and between two digits, the field is as it is typed.
  const [typed, setTyped] = useState<string>();
  const change = (wall: string): void => {
    setTyped(wall);
    onChange(fromWall(wall, zone));
  };
  return (
    <TextInput
      type="datetime-local"
      label={`${label} (${zone})`}
      size="xs"
      value={typed ?? toWall(value, zone)}
      onChange={({ currentTarget }) => change(currentTarget.value)}
      onBlur={() => setTyped(undefined)}
    />
  );
}

function rangeText({ from, to }: TimeRange, zone: string): string {
  const shown = (at: string): string => formatTime(at, zone, "minute").text;
  if (from !== undefined && to !== undefined) return `${shown(from)} – ${shown(to)}`;
  return from === undefined ? `${texts.filters.before} ${shown(to ?? "")}` : `${texts.filters.since} ${shown(from)}`;
}
