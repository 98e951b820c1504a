import { CloseButton, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { texts } from "../../texts/index.ts";

/** Narrows a list that is on the screen. */
export function ListSearch({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      maw={360}
      leftSection={<Search size={15} />}
      rightSection={
        value !== "" && <CloseButton size="sm" aria-label={texts.actions.close} onClick={() => onChange("")} />
      }
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
