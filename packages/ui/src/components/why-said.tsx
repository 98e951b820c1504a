import { Text } from "@mantine/core";
import { Hourglass } from "lucide-react";
import type { ReactNode } from "react";
import { texts } from "../texts/index.ts";
import { Callout } from "./callout.tsx";
import { DistanceText } from "./time-text.tsx";

/** A sentence about what keeps something from running. */
export interface Said {
  readonly reason: string;
  readonly advice?: string;
  readonly until?: string;
}

/** Why something does not run now: what holds it, what to do, and when it goes on by itself. Nothing when nothing is said. */
export function WhySaid({
  title,
  said,
  isCalm = false,
}: {
  readonly title: string;
  readonly said: readonly Said[];
  /** Nothing is amiss: it only says how things stand. */
  readonly isCalm?: boolean;
}): ReactNode {
  if (said.length === 0) return null;
  return (
    <Callout tone={isCalm ? "plain" : "waiting"} title={title} icon={<Hourglass size={16} />}>
      {said.map(({ reason, advice, until }) => (
        <div key={reason}>
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {reason}
          </Text>
          {advice !== undefined && (
            <Text size="sm" c="var(--text-dim)" style={{ overflowWrap: "anywhere" }}>
              {advice}
            </Text>
          )}
          {until !== undefined && (
            <Text size="sm" c="var(--text-dim)" component="div">
              {texts.run.whyUntil} <DistanceText at={until} />
            </Text>
          )}
        </div>
      ))}
    </Callout>
  );
}
