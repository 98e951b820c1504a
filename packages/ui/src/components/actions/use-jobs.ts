import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { runAtMost } from "./run-at-most.ts";

/** Something that is done to one run. */
export interface Job {
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** @returns how many task instances changed */
  readonly run: () => Promise<number>;
}

/** A job that could not be done, and why. */
export interface FailedJob {
  readonly job: Job;
  readonly error: unknown;
}

/** How far jobs are. */
export interface JobsState {
  readonly phase: "idle" | "running" | "ended";
  readonly all: number;
  readonly done: number;
  /** Task instances that changed. */
  readonly changed: number;
  readonly failed: readonly FailedJob[];
  readonly isStopped: boolean;
}

/** Jobs, and what can be done with them. */
export interface Jobs extends JobsState {
  /** Does them, and says in the end what became of them. A job that fails does not keep others from being done. */
  readonly start: (jobs: readonly Job[]) => Promise<JobsState>;
  /** Begins no more of them; those that have begun are brought to their end. */
  readonly stop: () => void;
  readonly reset: () => void;
}

const IDLE: JobsState = { phase: "idle", all: 0, done: 0, changed: 0, failed: [], isStopped: false };
const AT_ONCE = 4;

/** Does something to many runs, a few at a time, and tells how far it is. What is on screen is read again in the end. */
export function useJobs(): Jobs {
  const queries = useQueryClient();
  const [state, setState] = useState<JobsState>(IDLE);
  const stopper = useRef<AbortController>(undefined);
  const start = async (jobs: readonly Job[]): Promise<JobsState> => {
    const stop = new AbortController();
    stopper.current = stop;
    let now: JobsState = { ...IDLE, phase: "running", all: jobs.length };
    setState(now);
    const advance = (change: Partial<JobsState>): void => setState((now = { ...now, ...change }));
    await runAtMost(
      AT_ONCE,
      jobs,
      async (job) => {
        try {
          const changed = await job.run();
          advance({ done: now.done + 1, changed: now.changed + changed });
        } catch (error) {
          advance({ failed: [...now.failed, { job, error }] });
        }
      },
      stop.signal,
    );
    advance({ phase: "ended", isStopped: stop.signal.aborted });
    // Not waited for: what became of it is known, and a large run takes its time to be read.
    void queries.invalidateQueries();
    return now;
  };
  return { ...state, start, stop: () => stopper.current?.abort(), reset: () => setState(IDLE) };
}
