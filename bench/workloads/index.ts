import type { Workload } from "../workload.ts";
import { API_WORKLOADS, apiMemory } from "./api.ts";
import { coldStart } from "./cold-start.ts";
import { domainIngestion, domainIngestionMemory } from "./domain-ingestion.ts";
import { history, snapshot } from "./history.ts";
import { interfaceLargeRun, interfaceList, interfaceSize } from "./interface.ts";
import { changedFile, manyFilesStart } from "./many-files.ts";
import { mapJoin } from "./map-join.ts";
import { heapGrowth, memoryGrowth } from "./memory.ts";
import { runSize } from "./run-size.ts";
import { sequence } from "./sequence.ts";
import { startLatency, startLatencyTail } from "./start-latency.ts";
import { throughput, throughputDefaults } from "./throughput.ts";

/** All workloads, in the order in which they are measured: neighbours share a running system. */
export const WORKLOADS: readonly Workload[] = [
  sequence,
  mapJoin,
  startLatency,
  startLatencyTail,
  throughputDefaults,
  throughput,
  runSize,
  memoryGrowth,
  heapGrowth,
  coldStart,
  changedFile,
  manyFilesStart,
  history,
  snapshot,
  ...API_WORKLOADS,
  interfaceList,
  interfaceSize,
  interfaceLargeRun,
  apiMemory,
  domainIngestion,
  domainIngestionMemory,
];
