import { Box, Text, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { stateColor, stateWord } from "../../../components/states/state-mark.tsx";
import { texts } from "../../../texts/index.ts";
import { partsOfPool, type Pool } from "./pool-use.model.ts";

const words = texts.admin.pools;

/** How full a pool is, and by whom. */
export function PoolBar({ pool }: { readonly pool: Pool }): ReactNode {
  const parts = partsOfPool(pool);
  const detail = parts.map(({ state, slots }) => `${slots} ${stateWord(state)}`).join(", ");
  const text = words.used(pool.occupied, pool.slots);
  return (
    <Tooltip label={detail} disabled={detail === ""}>
      <Box miw={110}>
        <Box
          role="img"
          aria-label={detail === "" ? text : `${text}: ${detail}`}
          style={{ display: "flex", height: 8, borderRadius: 4, overflow: "hidden", background: "var(--line)" }}
        >
          {parts.map(({ state, percent }) => (
            <span key={state} style={{ width: `${percent}%`, background: stateColor(state) }} />
          ))}
        </Box>
        <Text size="xs" c="var(--text-dim)">
          {text}
        </Text>
      </Box>
    </Tooltip>
  );
}
