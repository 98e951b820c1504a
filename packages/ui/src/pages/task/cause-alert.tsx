import { Code, Spoiler, Text } from "@mantine/core";
import { CircleX } from "lucide-react";
import type { ReactNode } from "react";
import { Callout } from "../../components/callout.tsx";
import { texts } from "../../texts/index.ts";

/** Why something ended as it did: the code, the words, and the stack. */
export interface Cause {
  readonly code: string;
  readonly message: string;
  readonly stack?: string;
}

/** Why a try or an instance ended as it did. */
export function CauseAlert({ cause }: { readonly cause: Cause }): ReactNode {
  const { code, message, stack } = cause;
  return (
    <Callout tone="failed" icon={<CircleX size={18} />} title={code}>
      <Text size="sm" style={{ overflowWrap: "anywhere", whiteSpace: "pre-line" }}>
        {message}
      </Text>
      {stack !== undefined && (
        <Spoiler maxHeight={0} showLabel={texts.task.showStack} hideLabel={texts.task.hideStack} mt={6}>
          <Code block mt={6} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {stack}
          </Code>
        </Spoiler>
      )}
    </Callout>
  );
}
