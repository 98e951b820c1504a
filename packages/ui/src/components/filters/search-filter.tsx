import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { Search } from "lucide-react";
import { useState, type ReactNode } from "react";
import { texts } from "../../texts/index.ts";
import { besideValue, untyped } from "./typed-text.model.ts";

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
  const [before, setTyped] = useState(() => untyped(value));
  // The URL wins when it changes by other means, like going back.
  const typed = besideValue(before, value);
  if (typed !== before) setTyped(typed);
  const { text } = typed;
  const tell = (next: string): void => {
    const asked = next.trim();
    setTyped((now) => ({ ...now, asked }));
    onChange(asked === "" ? undefined : asked);
  };
  const tellLater = useDebouncedCallback(tell, TYPING_MS);
  const change = (next: string): void => {
    setTyped((now) => ({ ...now, text: next }));
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
