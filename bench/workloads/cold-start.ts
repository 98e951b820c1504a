import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { makeProject } from "../system/measured-system.ts";
import type { Workload } from "../workload.ts";

const MILLRACE = resolve(import.meta.dirname, "../../packages/millrace/bin/millrace.mjs");
const HEALTHY = /Ctrl-C stops/;

/** `millrace start` in a folder where it has run before, from the start of its process until it says that everything runs. */
export const coldStart: Workload = {
  name: "cold-start",
  title: () => "cold start to healthy, embedded database included",
  unit: "ms",
  better: "lower",
  must: 2_000,
  aim: 1_000,
  async run(bench) {
    await bench.endSystem();
    const folder = await bench.subfolder("cold-start");
    await makeProject(folder);
    await startOnce(folder);
    const samples: number[] = [];
    for (let start = 1; start <= bench.scale.coldStarts; start += 1) samples.push(await startOnce(folder));
    return samples;
  },
};

/** Starts the program, stops it again. @returns how long the start took, in ms. */
async function startOnce(folder: string): Promise<number> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("MILLRACE_") && name !== "FORCE_COLOR");
  const beganMs = performance.now();
  const child = spawn(process.execPath, [MILLRACE, "start"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...Object.fromEntries(kept), NO_COLOR: "1" },
  });
  let output = "";
  const exited = once(child, "exit");
  const ms = await new Promise<number>((healthy, failed) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (HEALTHY.test(output)) healthy(performance.now() - beganMs);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    void exited.then(() => failed(new Error(`millrace start ended:\n${output}`)));
  });
  child.kill("SIGTERM");
  await exited;
  return ms;
}
