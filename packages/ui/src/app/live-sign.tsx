import { Text, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { useIsLive } from "../live/live-provider.tsx";
import { texts } from "../texts/index.ts";

/** Says quietly whether what is shown follows the server. */
export function LiveSign(): ReactNode {
  const isLive = useIsLive();
  if (isLive !== false) return null;
  return (
    <Tooltip label={texts.shell.notLiveHint} multiline w={240}>
      <Text size="xs" c="orange" role="status">
        {texts.shell.notLive}
      </Text>
    </Tooltip>
  );
}
