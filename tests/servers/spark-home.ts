import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cachedFolder } from "./cached-folder.ts";

const SPARK = "3.5.7";
/** Of Delta for this Spark; both are for Scala 2.12, as PyPI's Spark is. */
const DELTA = "3.3.2";
/** Of the file system `s3a://`: as new as the Hadoop in PyPI's Spark. */
const HADOOP = "3.3.4";
/** The SDK that it was made with. Its parts that are used have 5 MB; its bundle, which Hadoop itself depends on, has 280. */
const AWS = "1.12.262";

/** A job of a few rows ends before the second compiler of Java pays. */
export const SMALL_JOB_JAVA = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1";

/** Properties of Spark for jobs of a few rows. */
export const SMALL_JOBS = {
  "spark.ui.enabled": "false",
  "spark.sql.shuffle.partitions": "2",
  "spark.driver.extraJavaOptions": SMALL_JOB_JAVA,
} as const;

const run = promisify(execFile);

/** An installation of Spark that has Delta Lake, the source of Kafka and the file system `s3a://` among its jars. */
export interface SparkHome {
  /** `SPARK_HOME`. */
  readonly home: string;
  readonly version: string;
  readonly sparkSubmit: string;
  /** The Python that its applications run in; `pyspark` is installed there. */
  readonly python: string;
  /** What processes of Spark need in their environment: where it is, its Python, and the address that it binds to. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Spark from PyPI, with Delta, the source of Kafka and `s3a://` from Maven Central, made once below `.cache/servers`: nothing is loaded when an application starts.
 *
 * @throws Error when java, python3 with venv, or mvn are missing, or a package cannot be had: a missing server is a failure
 */
export async function sparkHome(): Promise<SparkHome> {
  await must("java", ["-version"], "install a Java runtime of version 17 (Debian: openjdk-17-jre-headless)");
  const folder = await cachedFolder(`spark-${SPARK}-delta-${DELTA}-hadoop-aws-${HADOOP}`, install);
  const home = await packageFolder(folder);
  const python = join(folder, "venv/bin/python");
  return {
    home,
    version: SPARK,
    sparkSubmit: join(home, "bin/spark-submit"),
    python,
    env: { SPARK_HOME: home, PYSPARK_PYTHON: python, SPARK_LOCAL_IP: "127.0.0.1" },
  };
}

async function install(folder: string): Promise<void> {
  const venv = join(folder, "venv");
  await must("python3", ["-m", "venv", venv], "install python3 with venv (Debian: python3-venv)");
  const pip = ["-m", "pip", "install", "--quiet", "--no-compile", `pyspark==${SPARK}`];
  await must(join(venv, "bin/python"), pip, "PyPI is needed");
  const project = join(folder, "maven");
  await mkdir(project);
  await writeFile(join(project, "pom.xml"), POM);
  const copy = ["dependency:copy-dependencies", `-DoutputDirectory=${join(project, "jars")}`];
  const maven = ["--quiet", "--batch-mode", "--file", join(project, "pom.xml"), ...copy];
  await must("mvn", maven, "install Maven (Debian: maven); Maven Central is needed");
  const jars = join(await packageFolder(folder), "jars");
  for (const name of await readdir(join(project, "jars")))
    await copyFile(join(project, "jars", name), join(jars, name));
  await rm(project, { recursive: true });
}

async function packageFolder(folder: string): Promise<string> {
  const libraries = join(folder, "venv/lib");
  const version = (await readdir(libraries)).find((name) => name.startsWith("python")) ?? "";
  return join(libraries, version, "site-packages/pyspark");
}

async function must(program: string, args: readonly string[], how: string): Promise<void> {
  await run(program, args, { maxBuffer: 64 * 1_048_576 }).catch((cause: unknown) => {
    throw new Error(`Apache Spark ${SPARK} cannot be prepared by ${program}: ${how}`, { cause });
  });
}

/** Only what Spark does not have itself: two versions of one class would be loaded otherwise. */
const DEPENDENCIES = [
  `io.delta:delta-spark_2.12:${DELTA}`,
  `io.delta:delta-storage:${DELTA}`,
  `org.apache.spark:spark-sql-kafka-0-10_2.12:${SPARK}`,
  `org.apache.spark:spark-token-provider-kafka-0-10_2.12:${SPARK}`,
  "org.apache.kafka:kafka-clients:3.4.1",
  "org.apache.commons:commons-pool2:2.11.1",
  `org.apache.hadoop:hadoop-aws:${HADOOP}`,
  ...["core", "s3", "kms", "sts", "dynamodb"].map((part) => `com.amazonaws:aws-java-sdk-${part}:${AWS}`),
  `com.amazonaws:jmespath-java:${AWS}`,
  "software.amazon.ion:ion-java:1.0.2",
  "com.fasterxml.jackson.dataformat:jackson-dataformat-cbor:2.15.2",
].map((name) => {
  const [group, artifact, version] = name.split(":");
  return `    <dependency>
      <groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>
      <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>
    </dependency>
`;
});

const POM = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>millrace.tests</groupId>
  <artifactId>spark-jars</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
${DEPENDENCIES.join("")}  </dependencies>
</project>
`;
