import { showMs } from "./percentile.ts";
import { warn, type Verdict } from "./verdict.ts";

/** What a look came to. Late = it was given up, and may still be at work. */
export interface Looked {
  readonly verdicts: readonly Verdict[];
  readonly isLate: boolean;
}

/** Looks for so long at most. A look that fails, or takes longer, is a warning that says why. */
export async function within(limitMs: number, look: () => Promise<readonly Verdict[]>): Promise<Looked> {
  const late = Symbol("late");
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<typeof late>((fulfil) => {
    timer = setTimeout(() => fulfil(late), limitMs);
  });
  try {
    const verdicts = await Promise.race([look(), limit]);
    if (verdicts !== late) return { verdicts, isLate: false };
    const verdict = warn(
      `could not be looked at within ${showMs(limitMs)}`,
      "Call it again when the machine and the database are less busy: `millrace doctor --only` makes one check.",
    );
    return { verdicts: [verdict], isLate: true };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { verdicts: [warn(`could not be looked at: ${reason}`, "See to that, then call it again.")], isLate: false };
  } finally {
    clearTimeout(timer);
  }
}
