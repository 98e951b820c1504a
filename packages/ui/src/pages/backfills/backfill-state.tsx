import { Badge } from "@mantine/core";
import { Ban, Check, Pause, Play, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { texts } from "../../texts/index.ts";
import type { Backfill } from "./backfill-progress.model.ts";

const LOOKS: Readonly<Record<Backfill["state"], readonly [LucideIcon, string]>> = {
  running: [Play, "blue"],
  paused: [Pause, "yellow"],
  cancelled: [Ban, "gray"],
  ended: [Check, "teal"],
};

/** The state of a backfill as a sign and a word. */
export function BackfillState({ state }: { readonly state: Backfill["state"] }): ReactNode {
  const [Icon, color] = LOOKS[state];
  return (
    <Badge variant="default" leftSection={<Icon size={12} color={`var(--mantine-color-${color}-6)`} />} tt="none">
      {texts.backfills.states[state]}
    </Badge>
  );
}
