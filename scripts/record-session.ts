// Records docs/pictures/session.txt, from which generate-docs.ts draws the picture of the README: node scripts/bootstrap.mjs scripts/record-session.ts
//
// It really happens: Millrace is started on the domain ingestion for the first time, a step is edited, the process is killed with -9 in the middle of a
// run and started again.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = path.resolve(import.meta.dirname, "..");
const MAIN = path.join(ROOT, "packages/millrace/src/cli/main.ts");
const TARGET = path.join(ROOT, "docs/pictures/session.txt");
const DAG_FILE = "pipelines/domain-ingestion/domain-ingestion.dag.ts";
/** Long enough for the first task, too short for the run. */
const INTO_THE_RUN_MS = 170;

// Inside the repository, so that messages name its way to call the command line.
const CACHE = path.join(ROOT, ".cache");
mkdirSync(CACHE, { recursive: true });
const project = mkdtempSync(path.join(CACHE, "session-"));
const session: string[] = [];
const children: ChildProcess[] = [];
try {
  makeProject();
  await record();
  writeFileSync(TARGET, session.join("\n"));
  console.log(session.join("\n"));
} finally {
  const alive = children.filter((child) => child.exitCode === null && child.signalCode === null);
  const ended = alive.map((child) => once(child, "exit"));
  for (const child of alive) child.kill("SIGTERM");
  await Promise.all(ended);
  rmSync(project, { recursive: true, force: true });
}

function makeProject(): void {
  const isData = (file: string): boolean => !file.includes(".millrace") && !file.includes("node_modules");
  cpSync(path.join(ROOT, "pipelines/domain-ingestion"), path.join(project, "pipelines/domain-ingestion"), {
    recursive: true,
    filter: isData,
  });
  cpSync(path.join(ROOT, "millrace.json"), path.join(project, "millrace.json"));
}

async function record(): Promise<void> {
  const first = start();
  await first.until(/✓.*monitoring_dag/, /✓.*domain_ingestion_dag/, /✓.*domain_layers_dag/);
  const before = first.output();
  const file = path.join(project, DAG_FILE);
  writeFileSync(file, readFileSync(file, "utf8").replace('"domain ingestion succeeded"', '"all sources are in"'));
  await first.until(/domain_ingestion_per_source_dag is now version 2/);
  const edited = first.output();
  const triggered = once(launch("dags", "trigger", "domain_ingestion_dag"), "exit");
  await first.until(/▶.*domain_ingestion_dag manual__/);
  await sleep(INTO_THE_RUN_MS);
  await first.end("SIGKILL");
  await triggered;
  const second = start();
  await second.until(/✓.*domain_ingestion_dag manual__/, /✓.*domain_layers_dag/);
  session.push("$ npm start", before.trimEnd(), "");
  session.push("# a step is edited and saved", edited.slice(before.length).trimEnd(), "");
  session.push("# a run is triggered, and Millrace killed with -9 in the middle of it");
  session.push(first.output().slice(edited.length).trimEnd(), "Killed", "");
  session.push("$ npm start", withoutBanner(second.output()), "");
  await second.end("SIGTERM");
}

/** What was shown once already. */
function withoutBanner(output: string): string {
  const [name, ...rest] = output.trimEnd().split("\n");
  return [name, "  …", ...rest.slice(rest.findIndex((line) => line.includes("Ctrl-C")))].join("\n");
}

interface Started {
  readonly output: () => string;
  until(...patterns: readonly RegExp[]): Promise<void>;
  end(signal: NodeJS.Signals): Promise<void>;
}

function start(): Started {
  const child = launch("start");
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  return {
    output: () => output,
    async until(...patterns) {
      while (!patterns.every((pattern) => pattern.test(output))) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended too early:\n${output}`);
        await sleep(10);
      }
    },
    async end(signal) {
      child.kill(signal);
      await once(child, "exit");
    },
  };
}

function launch(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: project,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, FORCE_COLOR: "1", TZ: "UTC" },
  });
  children.push(child);
  return child;
}
