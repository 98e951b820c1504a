import { ActionIcon, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Check, Copy } from "lucide-react";
import type { ReactNode } from "react";
import { texts } from "../texts/index.ts";

/** Copies a text, and says so for a moment. */
export function CopyButton({
  text,
  label = texts.actions.copy,
}: {
  readonly text: string;
  readonly label?: string;
}): ReactNode {
  const { copy, copied } = useClipboard({ timeout: 1_500 });
  const shown = copied ? texts.actions.copied : label;
  return (
    <Tooltip label={shown}>
      <ActionIcon variant="subtle" onClick={() => copy(text)} aria-label={shown}>
        {copied ? <Check size={15} /> : <Copy size={15} />}
      </ActionIcon>
    </Tooltip>
  );
}
