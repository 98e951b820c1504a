import type { RunningScheduler } from "../system/run-scheduler.ts";
import type { CommandContext } from "./make-command.ts";
import type { SystemProgress } from "./system-progress.ts";

/** A try that was on its way to a worker when the signal came runs after so long. */
const JUST_STARTED_MS = 500;

/** Waits for what runs, says for what and how long; a second signal ends that. */
export async function drainScheduler(
  { terminal, config }: CommandContext,
  system: RunningScheduler,
  how: { readonly progress: SystemProgress; readonly second: Promise<void> },
): Promise<void> {
  const seconds = Math.ceil(config.executor.drainMs / 1_000);
  const tellWaiting = (): boolean => {
    const tries = how.progress.runningTries;
    if (tries.length === 0) return false;
    const names = `${tries.slice(0, 5).join(", ")}${tries.length > 5 ? `, and ${tries.length - 5} more` : ""}`;
    terminal.print(
      `stopping: waiting for ${tries.length} running ${tries.length === 1 ? "try" : "tries"} (${names}), up to ${seconds} s. Ctrl-C again stops now.`,
    );
    return true;
  };
  if (!tellWaiting()) {
    terminal.print("stopping");
    // What had just been handed to a worker runs by now.
    setTimeout(tellWaiting, JUST_STARTED_MS).unref();
  }
  const stopped = system.stop({ deadlineMs: config.executor.drainMs });
  const isForced = await Promise.race([stopped.then(() => false), how.second.then(() => true)]);
  if (isForced) {
    terminal.print("stopping now; what runs is started again at the next start");
    await system.stopNow();
  }
  await stopped;
  terminal.print("stopped");
}
