// A whole Millrace in a process of its own, as `millrace start` runs it, that kills itself at a named point when it is told to.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FaultPoint } from "@millrace/engine";
import { loadConfig } from "../../../packages/millrace/src/config.ts";
import { createEngineLog } from "../../../packages/millrace/src/system/engine-log.ts";
import { runSystem } from "../../../packages/millrace/src/system/run-system.ts";
import type { Death, FromSystem, ToSystem } from "./protocol.ts";

const folder = process.argv[2];
const passings: Partial<Record<FaultPoint, number>> = {};
let death: Death | undefined;

function pass(point: FaultPoint): void {
  passings[point] = (passings[point] ?? 0) + 1;
  if (death?.point === point && death.passing === passings[point]) die(death);
}

function die({ withPostgres }: Death): void {
  if (withPostgres === true) {
    const pidFile = join(folder, ".millrace/postgres/cluster/postmaster.pid");
    process.kill(Number(readFileSync(pidFile, "utf8").split("\n")[0]), "SIGKILL");
  }
  process.kill(process.pid, "SIGKILL");
}

function startCounting(): void {
  for (const point of Object.keys(passings)) delete passings[point as FaultPoint];
}

const say = (message: FromSystem): void => void process.send?.(message);
const config = loadConfig({ folder, env: process.env });
const order = process.argv[3];
if (order !== undefined) death = JSON.parse(order) as Death;
const system = await runSystem({ config, env: process.env, log: createEngineLog("info"), fault: pass });

process.on("message", (message: ToSystem) => {
  switch (message.k) {
    case "die":
      death = message.death;
      startCounting();
      return;
    case "count":
      say({ k: "passings", passings });
      return;
    case "send": {
      const { engine } = system.store;
      void engine
        .send(message.dagId, message.command, "user:test")
        .then((inboxId) => engine.waitForAnswer(inboxId, 20_000))
        .then((answer) => say({ k: "answered", answer }));
      return;
    }
    default:
      throw new Error(`unreachable: ${JSON.stringify(message satisfies never)}`);
  }
});
// The test has ended, or wants a clean end.
process.on("disconnect", () => {
  death = undefined;
  void system.stop({ deadlineMs: 5_000 }).then(() => process.exit(0));
});
say({ k: "ready" });
