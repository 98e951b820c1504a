// The domain ingestion in containers: the image that its Dockerfile makes, run by a real Docker Engine, against a real Kafka and a mounted folder.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ingestionProject, type IngestionProject } from "../harness/ingestion-project.ts";
import { limitMessages, USUAL_MESSAGE_BYTES } from "../harness/limit-messages.ts";
import { countBy, FIXTURES, readEvents } from "../harness/read-domain-data.ts";
import { readKafkaEvents } from "../harness/read-kafka-events.ts";
import { startDockerEngine, type DockerEngine } from "../servers/docker-engine.ts";
import { startKafka, type KafkaServer } from "../servers/kafka.ts";

const LDD = "/usr/bin/ldd";
const ROOT = join(import.meta.dirname, "../..");
const USER = { user: "millrace", password: "right" };

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let folder: string;
let engine: DockerEngine;
let kafka: KafkaServer;
let project: IngestionProject;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace-containers-"));
  [engine, kafka] = await Promise.all([startDockerEngine(), startKafka({ sasl: USER })]);
  // The engine of the one DAG is a connection's, that of the other the one of Docker's command line.
  project = await ingestionProject({
    sources: "sources: {}",
    config: { executor: { environment: ["DOCKER_HOST"] } },
    env: {
      DOCKER_HOST: engine.host,
      MILLRACE_CONN_ENGINE: JSON.stringify({ conn_type: "docker", host: engine.host }),
      MILLRACE_CONN_CLUSTER: `kafka://${USER.user}:${USER.password}@127.0.0.1:${kafka.port}`,
    },
    variables: { ingestion_config: "config/sources.fixtures.yaml", kafka_servers: "connection:cluster" },
    edits: [
      [
        "domain-ingestion.dag.ts",
        'executionMode: "subprocess"',
        'executionMode: "docker", dockerConnection: "engine", dockerNetwork: "host"',
      ],
      [
        "domain-ingestion.dag.ts",
        "ingestion({ pipelineFolder, configPath, kafkaServers, sourceName })",
        'ingestion({ pipelineFolder, configPath, kafkaServers, sourceName, executionMode: "docker", dockerNetwork: "host" })',
      ],
      ["domain-ingestion.dag.ts", "retries: 2", "retries: 0"],
    ],
  });
  buildImage();
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
  await Promise.all([engine, kafka].map((server) => server[Symbol.asyncDispose]()));
  rmSync(folder, { recursive: true, force: true });
});

test("a container whose topic takes no such message fails its task, and says so; then one publishes each domain, once", async () => {
  await limitMessages(kafka.servers, "malware_domains", 100, USER);
  expect(await project.runDag("domain_ingestion_dag", "containers")).toBe("failed");
  expect(await project.log("domain_ingestion_dag", "run_full_ingestion", "containers")).toMatch(
    /the container of thread-protection-ingestion:latest ended with exit code 1: .*max\.message\.bytes of 100/s,
  );
  await limitMessages(kafka.servers, "malware_domains", USUAL_MESSAGE_BYTES, USER);
  await project.clear("domain_ingestion_dag", "containers");
  expect(countBy(await readKafkaEvents(kafka.servers, USER), "source")).toEqual(FIXTURES);
  // What the next task is given is the result that the container printed.
  const told = await project.log("domain_ingestion_dag", "send_success_notification", "containers");
  expect(told).toContain('"publish_stats":{"overall":{"malware":27,"ads_trackers":88,"total":115}');
  await project.clear("domain_ingestion_dag", "containers");
  expect(await readKafkaEvents(kafka.servers, USER)).toHaveLength(115);
  expect(engine.docker("ps", "--all", "--quiet")).toBe("");
});

test("Docker's command line runs a container per list, which write to the folder that is mounted", async () => {
  const data = join(folder, "data");
  await project.setVariable("kafka_servers", `file:${join(data, "log")}`);
  expect(await project.runDag("domain_ingestion_per_source_dag", "folder")).toBe("success");
  expect(
    countBy(
      (await readEvents(data)).map(({ value }) => value),
      "source",
    ),
  ).toEqual(FIXTURES);
  await project.clear("domain_ingestion_per_source_dag", "folder");
  expect(await readEvents(data)).toHaveLength(115);
  expect(await project.log("domain_ingestion_per_source_dag", "fetch_sources.fetch_urlhaus", "folder")).toMatch(
    /already_published/,
  );
  expect(engine.docker("ps", "--all", "--quiet")).toBe("");
});

/** As `npm run image` does, with an image of this Node in place of the public one, for which there would have to be a network. */
function buildImage(): void {
  const env = { ...process.env, PATH: `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"] ?? ""}` };
  execFileSync("npm", ["run", "bundle"], { cwd: project.pipeline, env, stdio: "pipe" });
  engine.docker("import", packNode(), "node:test");
  const dockerfile = ["--file", join(project.pipeline, "Dockerfile"), "--build-arg", "BASE=node:test"];
  const tag = ["--tag", "thread-protection-ingestion:latest"];
  engine.docker("build", ...dockerfile, ...tag, join(project.pipeline, "dist/image"));
}

/** This Node, the libraries that it is linked with, and a folder for temporary files. */
function packNode(): string {
  const tree = join(folder, "node");
  const linked = execFileSync(LDD, [process.execPath], { encoding: "utf8" });
  const libraries = [...linked.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
  for (const library of libraries) {
    mkdirSync(join(tree, dirname(library)), { recursive: true });
    copyFileSync(library, join(tree, library));
  }
  for (const name of ["bin", "tmp"]) mkdirSync(join(tree, name), { recursive: true, mode: 0o1777 });
  copyFileSync(process.execPath, join(tree, "bin/node"));
  const archive = join(folder, "node.tar");
  execFileSync("tar", ["-C", tree, "-cf", archive, "."]);
  return archive;
}
