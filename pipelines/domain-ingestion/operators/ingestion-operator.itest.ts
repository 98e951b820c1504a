import { chmodSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Permanent, Secret } from "millrace";
import { expect, onTestFinished, test } from "vitest";
import { fakeContext } from "../testing/fake-context.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { ingestion } from "./ingestion-operator.ts";
import type { IngestionOptions } from "./ingestion-options.ts";

const pipelineFolder = join(import.meta.dirname, "..");
const { run } = ingestion.spec;

function options(over: Partial<IngestionOptions> = {}): IngestionOptions {
  const kafkaServers = `file:${join(temporaryFolder(), "log")}`;
  return { pipelineFolder, configPath: "config/sources.fixtures.yaml", kafkaServers, ...over };
}

/** Puts a `docker` in front of the search path that does what `script` says. */
function installDocker(script: string | undefined): void {
  const folder = temporaryFolder();
  if (script !== undefined) {
    writeFileSync(join(folder, "docker"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "docker"), 0o755);
  }
  const path = process.env["PATH"];
  process.env["PATH"] = script === undefined ? folder : [folder, path].join(delimiter);
  onTestFinished(() => void (process.env["PATH"] = path));
}

test("as a subprocess it publishes the fixtures and answers with the service's result; its lines are the task's", async () => {
  const ctx = fakeContext();
  const result = await run(options(), ctx);
  expect(result).toMatchObject({ status: "success", result: { statistics: { domains_published: 115 } } });
  expect(ctx.logged.map(({ level, message }) => `${level} ${message}`)).toContain("info ingestion finished");
  expect(ctx.pushed).toEqual({ published_by_source: { stevenblack: 39, urlhaus: 27, "1hosts": 27, adwars: 22 } });
});

test("a retried try of the same run publishes nothing twice; another run publishes again", async () => {
  const same = options();
  await run(same, fakeContext());
  const again = fakeContext();
  await run(same, again);
  const published = again.logged.filter(({ message }) => message === "source ingested");
  expect(published).toHaveLength(4);
  expect(published.every(({ fields }) => "already_published" in fields && fields.already_published === true)).toBe(
    true,
  );
  const other = fakeContext({ runId: "manual__2025-10-01T01:00:00+00:00" });
  await run(same, other);
  expect(other.logged.some(({ fields }) => "already_published" in fields && fields.already_published === true)).toBe(
    false,
  );
});

test("the name of a source is passed on; a template's empty values mean all", async () => {
  expect(await run(options({ sourceName: "urlhaus" }), fakeContext())).toMatchObject({
    result: { publish_stats: { by_source: { urlhaus: 27 } } },
  });
  for (const sourceName of [null, "", "None"]) {
    expect(await run(options({ sourceName }), fakeContext())).toMatchObject({
      result: { statistics: { sources_processed: 4 } },
    });
  }
});

test("an exit code other than 0 fails the task with the code and what the service said", async () => {
  await expect(run(options({ configPath: "config/none.yaml" }), fakeContext())).rejects.toThrow(
    /exit code 1: .*none\.yaml cannot be read/s,
  );
});

test("sources that all fail, fail the task", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "s.yaml"), "sources: {a: {url: gone.hosts, format: hosts, category: malware}}");
  await expect(run(options({ configPath: join(folder, "s.yaml") }), fakeContext())).rejects.toThrow(
    "all 1 sources failed: a:",
  );
});

test("an unknown mode fails without a retry", async () => {
  const failure: unknown = await Promise.resolve(
    run(options({ executionMode: "cloud" as "docker" }), fakeContext()),
  ).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    message: expect.stringContaining('execution mode "cloud" is not one of subprocess, docker') as string,
  });
});

test("docker mode runs the image in the pipeline's network, under the name of the run", async () => {
  installDocker('echo "$@"');
  const result = await run(
    options({ executionMode: "docker", kafkaServers: "kafka:9092", sourceName: "urlhaus" }),
    fakeContext(),
  );
  const { dagId, runId, taskId } = fakeContext();
  expect(result).toEqual({
    status: "success",
    output: `run --rm --network pipeline-network --env KAFKA_BOOTSTRAP_SERVERS=kafka:9092 --env INGESTION_BATCH_ID=${dagId}/${runId}/${taskId} --env INGESTION_CONFIG=config/sources.fixtures.yaml thread-protection-ingestion:latest --source urlhaus\n`,
  });
});

test("a folder that stands in for Kafka is mounted, and a login is in no argument", async () => {
  installDocker('echo "$@"; echo "$DOMAIN_INGESTION_KAFKA_CONNECTION"');
  const docker = { executionMode: "docker", dockerNetwork: "host" } as const;
  const file = options(docker);
  const folder = file.kafkaServers.slice("file:".length);
  expect(((await run(file, fakeContext())) as { output: string }).output).toContain(
    `--mount type=bind,source=${folder},target=${folder}`,
  );
  const connection = {
    id: "cluster",
    type: "kafka",
    host: "kafka",
    password: new Secret("the-secret-itself"),
    extra: {},
  };
  const ctx = { ...fakeContext(), connection: async () => connection };
  const { output } = (await run(options({ ...docker, kafkaServers: "connection:cluster" }), ctx)) as { output: string };
  const [args, secret] = output.split("\n");
  expect(args).toMatch(/^run --rm --network host .*--env DOMAIN_INGESTION_KAFKA_CONNECTION /);
  expect(args).not.toContain("the-secret-itself");
  expect(secret).toContain("the-secret-itself");
});

test("what a container of the service prints is its result, and a refusal of it is not tried again", async () => {
  const ended = {
    status: "success",
    batch_id: "b",
    failures: [],
    publish_stats: { by_source: { urlhaus: 27 } },
    statistics: {},
  };
  installDocker(`echo '${JSON.stringify(ended)}'`);
  const ctx = fakeContext();
  expect(await run(options({ executionMode: "docker" }), ctx)).toMatchObject({ result: { batch_id: "b" } });
  expect(ctx.pushed).toEqual({ published_by_source: { urlhaus: 27 } });
  installDocker(
    `echo '{"status":"failed","error":"Permanent","message":"the login was refused","permanent":true}'; exit 1`,
  );
  const failure: unknown = await Promise.resolve(run(options({ executionMode: "docker" }), fakeContext())).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(Permanent);
});

test.each([
  ["there is no docker", undefined],
  [
    "its socket may not be used",
    'echo "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock" >&2; exit 1',
  ],
])("docker mode falls back to a subprocess when %s, and says what it needs", async (_why, script) => {
  installDocker(script);
  const ctx = fakeContext();
  expect(await run(options({ executionMode: "docker" }), ctx)).toMatchObject({
    result: { statistics: { domains_published: 115 } },
  });
  expect(ctx.logged.filter(({ level }) => level === "warn")).toMatchObject([
    { message: expect.stringContaining("docker mode needs the docker CLI") as string },
  ]);
});

test("any other failure of docker is the task's", async () => {
  installDocker('echo "Unable to find image" >&2; exit 125');
  await expect(run(options({ executionMode: "docker" }), fakeContext())).rejects.toThrow(
    /exit code 125: Unable to find image/,
  );
});

test("a stop ends the service and the try", async () => {
  const abort = new AbortController();
  const ctx = fakeContext({ signal: abort.signal });
  const running = run(options(), ctx);
  abort.abort(new Error("stopped by a person"));
  await expect(running).rejects.toThrow("stopped by a person");
});
