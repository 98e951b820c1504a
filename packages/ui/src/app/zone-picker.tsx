import { Autocomplete, Button, Popover, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Clock } from "lucide-react";
import { useState, type ReactNode } from "react";
import { formatTime, isZone, LOCAL_ZONE } from "../time/format-time.model.ts";
import { useNow, useZone } from "../time/preferences.tsx";
import { texts } from "../texts/index.ts";

/** Picks the zone of all times on screen; shows the time there. */
export function ZonePicker(): ReactNode {
  const { zone, setZone } = useZone();
  const now = useNow();
  const [isOpen, { close, toggle }] = useDisclosure(false);
  const [typed, setTyped] = useState(zone);
  const shown = formatTime(now, zone, "minute");
  const choose = (name: string): void => {
    setTyped(name);
    if (isZone(name)) setZone(name);
  };
  return (
    <Popover opened={isOpen} onChange={(open) => !open && close()} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          onClick={toggle}
          leftSection={<Clock size={14} aria-hidden />}
          aria-label={`${shown.text.slice(11)} ${shown.zone}: ${texts.shell.zone} ${zone}`}
        >
          {shown.text.slice(11)} {shown.zone}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Autocomplete
            label={texts.shell.zone}
            description={texts.shell.zoneHint}
            data={[...new Set(["UTC", LOCAL_ZONE, ...Intl.supportedValuesOf("timeZone")])]}
            limit={12}
            value={typed}
            onChange={choose}
            error={!isZone(typed)}
            comboboxProps={{ withinPortal: false }}
          />
          <Text size="xs" c="dimmed">
            {formatTime(now, zone).text} {zone}
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
