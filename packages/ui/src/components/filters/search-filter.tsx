import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { Search } from "lucide-react";
import { useState, type ReactNode } from "react";
import { texts } from "../../texts/index.ts";

const TYPING_MS = 250;

/** A text that a list is narrowed by; told on when the typing rests, at once on Enter. */
export function SearchFilter({
  label,
  value = "",
  onChange,
  width = 220,
}: {
  /** Also stands in the empty field. */
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
  readonly width?: number;
}): ReactNode {
  const [typed, setTyped] = useState({ of: value, text: value });
  // The URL wins when it changes by other means, like going back.
  const text = typed.of === value ? typed.text : value;
  const tell = (next: string): void => onChange(next.trim() === "" ? undefined : next.trim());
  const tellLater = useDebouncedCallback(tell, TYPING_MS);
  const change = (next: string): void => {
    setTyped({ of: value, text: next });
    tellLater(next);
  };
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={({ currentTarget }) => change(currentTarget.value)}
      onKeyDown={({ key }) => key === "Enter" && tellLater.flush()}
      leftSection={<Search size={14} aria-hidden />}
      rightSection={
        text !== "" && <CloseButton size="sm" aria-label={texts.actions.clear} onClick={() => change("")} />
      }
      size="xs"
      w={width}
      maw="100%"
    />
  );
}
