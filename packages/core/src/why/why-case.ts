import { compileGraph, type CompiledGraph } from "../graph/compiled-graph.ts";
import type { RunFacts, WhyFacts } from "../ports/why.ts";
import { ReadStates } from "./read-states.ts";

/** What whoever asks knows beside the facts. */
export interface WhyOptions {
  /** Tries that one scheduler runs at once. Absent = not known. */
  readonly capacity?: number;
  /** Queues that some worker takes from. Absent = workers take from all. */
  readonly queues?: readonly string[];
}

/** A run with its states, ready to be asked about its instances. */
export interface WhyCase {
  readonly facts: WhyFacts;
  readonly run: RunFacts;
  readonly compiled: CompiledGraph;
  readonly states: ReadStates;
  readonly previous?: { readonly runKey: string; readonly states: ReadStates };
  readonly options: WhyOptions;
}

/** Prepares a run for questions; once for all of its instances. */
export function openCase(facts: WhyFacts, run: RunFacts, options: WhyOptions = {}): WhyCase {
  const compiled = compileGraph(run.graph);
  const { previous } = run;
  return {
    facts,
    run,
    compiled,
    states: new ReadStates(compiled, run, run.obligations),
    ...(previous && {
      previous: { runKey: previous.runKey, states: new ReadStates(compileGraph(previous.graph), previous) },
    }),
    options,
  };
}
