import type { CommandContext } from "./make-command.ts";

/** One Ctrl-C may come twice, from the terminal and from npm. */
const SAME_SIGNAL_MS = 150;

/** The first and the second signal to stop. */
export interface StopSignals {
  readonly first: Promise<void>;
  readonly second: Promise<void>;
  readonly isAsked: () => boolean;
  /** Hears no more. */
  readonly end: () => void;
}

/** Hears signals until it is ended: the first asks for a clean end, the second for one that waits for nothing. */
export function listenForStop({ terminal }: CommandContext): StopSignals {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let firstAtMs: number | undefined;
  const end = terminal.onStopSignal(() => {
    if (firstAtMs === undefined) {
      firstAtMs = performance.now();
      first.resolve();
    } else if (performance.now() - firstAtMs > SAME_SIGNAL_MS) second.resolve();
  });
  return { first: first.promise, second: second.promise, isAsked: () => firstAtMs !== undefined, end };
}
