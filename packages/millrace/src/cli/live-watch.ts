import type { OpenProject } from "./open-project.ts";
import type { Terminal } from "./terminal.ts";

/** Somebody who waits for a run is told of an end of Millrace about this soon. */
const LOOK_MS = 3_000;

/**
 * Says when no Millrace runs any more while somebody waits for what one does, and when one runs again.
 *
 * @returns a function to call again and again; it looks every 3 s at most.
 */
export function createLiveWatch(
  terminal: Pick<Terminal, "say" | "program">,
  { findIsLive, isLive }: Pick<OpenProject, "findIsLive" | "isLive">,
  now: () => number = () => performance.now(),
): () => Promise<void> {
  let wasLive = isLive;
  let lookedAtMs = now();
  return async () => {
    if (now() - lookedAtMs < LOOK_MS) return;
    lookedAtMs = now();
    const live = await findIsLive();
    if (wasLive && !live)
      terminal.say(
        `No Millrace runs on this database any more: it goes on with the next \`${terminal.program} start\`.`,
      );
    if (!wasLive && live) terminal.say("A Millrace runs on this database again.");
    wasLive = live;
  };
}
