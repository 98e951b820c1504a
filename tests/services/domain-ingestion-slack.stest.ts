// A failed check of the domain ingestion, as people read it in Slack.
import { expect, test, vi } from "vitest";
import { pipelineProject } from "../harness/pipeline-project.ts";
import { startSlack } from "../servers/slack.ts";

vi.setConfig({ testTimeout: 300_000 });

test("a check that failed for good is told to Slack, with its DAG, task, run, try and error", async () => {
  await using slack = await startSlack();
  const chat = { conn_type: "slack", host: `${slack.url}/api`, password: slack.token, schema: "#data" };
  await using project = await pipelineProject("domain-ingestion", {
    env: { MILLRACE_CONN_CHAT: JSON.stringify(chat), MILLRACE_VAR_SLACK_CONNECTION: "chat" },
  });
  await project.edit("monitoring.dag.ts", 'schedule: cron("*/15 * * * *")', "schedule: null");
  await project.edit("monitoring.dag.ts", 'retryDelay: "2m"', 'retryDelay: "10ms"');
  // There are no tables yet, and nobody waits for them.
  await project.edit("monitoring.dag.ts", "firstDataWithinSeconds: 60", "firstDataWithinSeconds: 0");
  await project.edit("domain-ingestion.dag.ts", 'schedule: cron("0 * * * *")', "schedule: null");
  await project.start();
  expect((await project.run("dags", "trigger", "monitoring_dag", "-r", "no_tables", "--wait")).code).toBe(1);
  const about = (taskId: string): (typeof slack.messages)[number] | undefined =>
    slack.messages.find(({ blocks }) => JSON.stringify(blocks).includes(taskId));
  await expect.poll(() => about("data_quality.check_gold_freshness")).toBeDefined();
  const message = about("data_quality.check_gold_freshness");
  expect(message?.channel).toBe("#data");
  const blocks = JSON.stringify(message?.blocks);
  for (const part of [
    "monitoring_dag",
    "data_quality.check_gold_freshness",
    "no_tables",
    "*Try*\\n2",
    "the table has never received data",
  ])
    expect(blocks).toContain(part);
});
