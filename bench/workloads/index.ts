import type { Workload } from "../workload.ts";
import { sequence } from "./sequence.ts";
import { throughput, throughputDefaults } from "./throughput.ts";

/** All workloads, in the order in which they are measured. */
export const WORKLOADS: readonly Workload[] = [sequence, throughput, throughputDefaults];
