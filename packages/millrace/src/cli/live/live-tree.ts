import type { Graph, Micros, RunDetail, TaskInstanceSummary } from "@millrace/core";
import type { Terminal } from "../terminal.ts";
import { liveTreeLines } from "./live-tree-lines.ts";

const FRAME_MS = 100;

/** A run's tasks that redraw in place at the end of a terminal, for who sits at it. */
export class LiveTree {
  readonly #terminal: Terminal;
  readonly #graph: Graph;
  readonly #keys: () => string;
  readonly #startedMs = performance.now();
  /** The database's clock when this began. */
  readonly #startedAt: Micros;
  readonly #timer: NodeJS.Timeout;
  #seen: { readonly run: RunDetail; readonly instances: readonly TaskInstanceSummary[] } | undefined;

  constructor(options: {
    readonly terminal: Terminal;
    readonly graph: Graph;
    readonly now: Micros;
    readonly keys: () => string;
  }) {
    this.#terminal = options.terminal;
    this.#graph = options.graph;
    this.#keys = options.keys;
    this.#startedAt = options.now;
    // Durations and countdowns go on between two looks at the run.
    this.#timer = setInterval(() => this.#draw(), FRAME_MS);
  }

  show(run: RunDetail, instances: readonly TaskInstanceSummary[]): void {
    this.#seen = { run, instances };
    this.#draw();
  }

  /** Takes the tree away. */
  end(): void {
    clearInterval(this.#timer);
    this.#terminal.status("");
  }

  #draw(): void {
    const { screen, paintTalk } = this.#terminal;
    if (!this.#seen || !screen) return;
    const passedMs = performance.now() - this.#startedMs;
    const now = this.#startedAt + Math.round(passedMs * 1_000);
    const lines = liveTreeLines(
      { graph: this.#graph, ...this.#seen, now },
      { screen, paint: paintTalk, frame: Math.floor(passedMs / FRAME_MS), keys: this.#keys() },
    );
    this.#terminal.status(lines.join("\n"));
  }
}
