import { Text, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { formatTime } from "../../time/format-time.model.ts";
import { useZone } from "../../time/preferences.tsx";
import { fromWall, toWall } from "../../time/wall-time.model.ts";

/** A field for an instant: filled in by the wall clock of the zone that the person picked, which it names; kept in ISO 8601. */
export function TimeField({
  label,
  value,
  onChange,
  description,
  error,
  isRequired = false,
}: {
  readonly label: string;
  /** ISO 8601, or empty. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly description?: ReactNode;
  readonly error?: string | undefined;
  readonly isRequired?: boolean;
}): ReactNode {
  const { zone } = useZone();
  const zoneName = value === "" ? zone : formatTime(value, zone).zone;
  return (
    <TextInput
      type="datetime-local"
      step={1}
      label={
        <>
          {label}{" "}
          <Text span fz="xs" fw={400} c="var(--text-dim)">
            {zoneName}
          </Text>
        </>
      }
      description={description}
      error={error}
      withAsterisk={isRequired}
      value={toWall(value, zone, "second")}
      onChange={(event) => onChange(fromWall(event.currentTarget.value, zone) ?? "")}
    />
  );
}
