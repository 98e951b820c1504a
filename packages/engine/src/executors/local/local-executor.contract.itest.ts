import { describe } from "vitest";
import { harness } from "../testing/executor-harness.ts";
import { CONTRACT_SOURCE, executorContract } from "../testing/executor.contract.ts";

describe("the local executor", () => executorContract(async () => await harness(CONTRACT_SOURCE)));
