import { holdTestServer } from "./test-database.ts";

/** For `globalSetup` of vitest: one server for all test files, from the first that asks for one to the end of the run. */
export async function setup(): Promise<() => Promise<void>> {
  const { release } = await holdTestServer();
  return release;
}
