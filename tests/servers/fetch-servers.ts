// Brings the servers of `npm run test:services` that no Debian package has: Kafka and Spark from Maven Central and PyPI, and what Python judges with. Some
// 500 MB, once per machine; a test that starts before brings what it needs itself.
import { deltaPython } from "./delta-python.ts";
import { kafkaHome } from "./kafka.ts";
import { motoPython } from "./s3.ts";
import { sparkHome } from "./spark-home.ts";

const SERVERS = { Kafka: kafkaHome, Spark: sparkHome, "delta-rs": deltaPython, moto: motoPython };

for (const [name, bring] of Object.entries(SERVERS)) {
  const startedAt = performance.now();
  await bring();
  console.log(`${name} is there (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)`);
}
