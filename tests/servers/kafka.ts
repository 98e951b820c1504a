import { execFile } from "node:child_process";
import { access, cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { cachedFolder } from "./cached-folder.ts";
import { freePorts } from "./free-ports.ts";
import {
  DOOR_COUNT,
  doorsAt,
  doorSettings,
  listenersOf,
  plainLogin,
  scramArguments,
  type KafkaDoors,
  type KafkaSecurity,
  type KafkaUser,
} from "./kafka-doors.ts";
import { startProcess, type ServerProcess } from "./server-process.ts";

const VERSION = "4.1.1";
/** Any id does; a fixed one lets all servers share one formatted storage. */
const CLUSTER_ID = "4L6g3nShT-eMCtK--X86sw";
const HOW = "install a Java 17 or newer (Debian: openjdk-17-jre-headless) and Maven (Debian: maven)";
const JAVA = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"];
const LOG = "-Dorg.slf4j.simpleLogger";
const LOGGING = [
  `${LOG}.logFile=System.out`,
  `${LOG}.defaultLogLevel=warn`,
  `${LOG}.log.kafka.server.KafkaRaftServer=info`,
];

/** How a broker is to be. */
export interface KafkaOptions {
  /** Default a free one. */
  readonly port?: number;
  /** Where its data lies; kept when it stops. Default a temporary folder, which goes with it. */
  readonly folder?: string;
  /** Who may log in, by PLAIN. Default anybody, without a login. */
  readonly sasl?: KafkaUser;
  /** Further ways in, by TLS and with logins. */
  readonly security?: KafkaSecurity;
  /** Settings of the broker, in its own words, for example `{ "message.max.bytes": 100000 }`. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** An Apache Kafka of one broker, which is its own controller (KRaft), on 127.0.0.1. Topics are not created by themselves. */
export interface KafkaServer extends AsyncDisposable {
  /** For clients: `127.0.0.1:29092`. */
  readonly servers: string;
  readonly port: number;
  /** Where it is reached by TLS, when it was started with `security`. */
  readonly doors: KafkaDoors;
  /** Ends it in good order. Idempotent. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill9(): Promise<void>;
  /** Starts it on the same data and ports, after having stopped it if it runs. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay, answers do not come. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
}

/** Starts a broker; the first time on a machine Maven brings its jars. @throws Error that says what to install */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  const home = await kafkaHome();
  const [controllerPort = 0, ownPort = 0, ...doorPorts] = await freePorts(2 + DOOR_COUNT);
  const port = options.port ?? ownPort;
  const doors = doorsAt(doorPorts);
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "millrace-kafka-")));
  const data = join(folder, "data");
  const settingsFile = join(folder, "server.properties");
  await writeFile(settingsFile, properties(settingsOf(options, { port, controllerPort, data, doors })));
  // Users for SCRAM are part of the storage from its first day.
  if (options.security) await formatStorage(home, settingsFile, scramArguments(options.security));
  else await cp(join(home, "formatted"), data, { recursive: true, force: false });
  let broker = await launch(home, settingsFile);
  const stop = async (): Promise<void> => {
    broker.server.child.kill("SIGCONT");
    await broker.server.end("SIGTERM");
    await keepArchive(home, broker.archive);
  };
  const leave = async (): Promise<void> => {
    await stop();
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  };
  return {
    servers: `127.0.0.1:${port}`,
    port,
    doors,
    stop,
    kill9: async () => await broker.server.end("SIGKILL"),
    restart: async () => {
      await stop();
      broker = await launch(home, settingsFile);
    },
    pause: () => void broker.server.child.kill("SIGSTOP"),
    resume: () => void broker.server.child.kill("SIGCONT"),
    [Symbol.asyncDispose]: leave,
  };
}

/** The jars and a formatted storage of this version, brought if they are not there. */
export async function kafkaHome(): Promise<string> {
  return await cachedFolder(`kafka-${VERSION}`, async (folder) => {
    const libraries = join(folder, "libs");
    await mkdir(libraries);
    await writeFile(join(folder, "pom.xml"), POM);
    await must("mvn", [
      "-q",
      "-B",
      "-f",
      join(folder, "pom.xml"),
      "dependency:copy-dependencies",
      `-DoutputDirectory=${libraries}`,
    ]);
    const formatted = join(folder, "formatted");
    const settingsFile = join(folder, "format.properties");
    const places = { port: 9_092, controllerPort: 9_093, data: formatted, doors: doorsAt([]) };
    await writeFile(settingsFile, properties(settingsOf({}, places)));
    await formatStorage(folder, settingsFile);
  });
}

async function formatStorage(home: string, settingsFile: string, more: readonly string[] = []): Promise<void> {
  const format = ["format", "--ignore-formatted", "-t", CLUSTER_ID, "-c", settingsFile, ...more];
  await must("java", [...JAVA, "-cp", await classPath(home), "kafka.tools.StorageTool", ...format]);
}

async function must(program: string, args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(program, args, { maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new Error(`tests need ${program} for Apache Kafka: ${HOW}`, { cause: error });
    const { stdout = "", stderr = "" } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${program} could not prepare Apache Kafka ${VERSION}:\n${stdout}${stderr}`, { cause: error });
  }
}

/** One of jars, not a pattern and not a folder: only then do Java's archives of loaded classes fit. */
async function classPath(home: string): Promise<string> {
  const libraries = join(home, "libs");
  return (await readdir(libraries))
    .sort()
    .map((jar) => join(libraries, jar))
    .join(":");
}

async function launch(
  home: string,
  settingsFile: string,
): Promise<{ readonly server: ServerProcess; readonly archive: string }> {
  // Loading classes is most of a start: 6 to 9 s without an archive of them, 2.5 s with one. The first server that ends in good order leaves it.
  const archive = join(home, "classes.jsa");
  const own = `${settingsFile}.jsa`;
  const sharing = (await isThere(archive)) ? `-XX:SharedArchiveFile=${archive}` : `-XX:ArchiveClassesAtExit=${own}`;
  const args = [...JAVA, sharing, ...LOGGING, "-cp", await classPath(home), "kafka.Kafka", settingsFile];
  const server = await startProcess("java", args, { how: HOW });
  try {
    await server.said(/Kafka Server started/);
  } catch (error) {
    await server.end("SIGKILL");
    throw error;
  }
  return { server, archive: own };
}

async function keepArchive(home: string, own: string): Promise<void> {
  if (!(await isThere(own))) return;
  // Another file system cannot be renamed to; a copy beside it can, so nobody ever reads half an archive.
  const beside = join(home, `classes.jsa.${process.pid}`);
  await cp(own, beside);
  await rm(own, { force: true });
  await rename(beside, join(home, "classes.jsa"));
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

interface Places {
  readonly port: number;
  readonly controllerPort: number;
  readonly data: string;
  readonly doors: KafkaDoors;
}

function settingsOf(
  { sasl, security, settings = {} }: KafkaOptions,
  { port, controllerPort, data, doors }: Places,
): Readonly<Record<string, string | number>> {
  const more = security ? listenersOf(doors) : { places: "", protocols: "" };
  return {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort}`,
    listeners: `BROKER://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${more.places}`,
    "advertised.listeners": `BROKER://127.0.0.1:${port}${more.places}`,
    "listener.security.protocol.map": `BROKER:${sasl ? "SASL_PLAINTEXT" : "PLAINTEXT"},CONTROLLER:PLAINTEXT${more.protocols}`,
    "inter.broker.listener.name": "BROKER",
    "controller.listener.names": "CONTROLLER",
    "log.dirs": data,
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 1,
    "group.initial.rebalance.delay.ms": 0,
    // A broker that was killed is known to be dead sooner, so that it can register again when it restarts.
    "broker.session.timeout.ms": 3_000,
    "log.cleaner.dedupe.buffer.size": 4_194_304,
    ...(sasl && {
      "sasl.enabled.mechanisms": "PLAIN",
      "sasl.mechanism.inter.broker.protocol": "PLAIN",
      "listener.name.broker.plain.sasl.jaas.config": plainLogin(sasl),
    }),
    ...(security && doorSettings(security)),
    ...settings,
  };
}

function properties(settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${String(value)}\n`)
    .join("");
}

const POM = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>millrace.tests</groupId>
  <artifactId>kafka-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;
