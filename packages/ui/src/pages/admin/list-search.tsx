import { CloseButton, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { useState, type ReactNode } from "react";
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
  // The URL answers a moment later; a field that stood back until then would put the cursor at its end.
  const [typed, setTyped] = useState<string>();
  const shown = typed ?? value;
  const change = (text: string, isTyped: boolean): void => {
    setTyped(isTyped ? text : undefined);
    onChange(text);
  };
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      maw={360}
      leftSection={<Search size={15} />}
      rightSection={
        shown !== "" && <CloseButton size="sm" aria-label={texts.actions.close} onClick={() => change("", false)} />
      }
      value={shown}
      onChange={(event) => change(event.currentTarget.value, true)}
      onBlur={() => setTyped(undefined)}
    />
  );
}
