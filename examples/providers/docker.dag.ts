import { cron, dag, variable } from "millrace";
import { dockerRun } from "@millrace/provider-docker";

/** What containers look like in a DAG. The region is the example of the reference page. */
export const dockerExamples = dag("docker_examples", { schedule: cron("@daily"), tags: ["example"] }, ({ task }) => {
  // #region dockerRun
  const rows = task(
    "count_rows",
    { retries: 2 },
    dockerRun<{ rows: number }>({
      image: "registry.example.com/ingestion:1.4",
      command: ["python", "count.py", "--day", "{{ ds }}"],
      env: { API_KEY: variable("api_key") },
      mounts: [{ source: "/data/{{ ds }}", target: "/data", readOnly: true }],
      network: "pipeline-network",
      memory: "512m",
      cpus: 1,
      timeout: "10m",
      result: "json",
    }),
  );
  // #endregion
  task("report", { input: { rows } }, ({ rows: counted }, { log }) => log.info(`${counted.rows} rows`));
});
