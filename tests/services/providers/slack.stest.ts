import { dag, Secret, type Args, type Connection } from "millrace";
import { testDag, testOperator, type TaskResult } from "millrace/testing";
import { slackMessage, slackNotifier, slackWebhook, type SlackMessageOptions } from "@millrace/provider-slack";
import { provider } from "@millrace/provider-slack/provider";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startSlack, type SlackServer } from "../../servers/slack.ts";

let slack: SlackServer;
beforeAll(async () => {
  slack = await startSlack();
});
afterAll(async () => await slack?.[Symbol.asyncDispose]());
beforeEach(() => {
  slack.messages.length = 0;
  slack.next.length = 0;
});

const api = (token = slack.token, more: Partial<Connection> = {}): Connection => ({
  id: "chat",
  type: "slack",
  host: `${slack.url}/api`,
  password: new Secret(token),
  extra: {},
  ...more,
});
const hook = (token = slack.webhookToken): Connection => ({
  id: "hook",
  type: "slackwebhook",
  host: `${slack.url}/services`,
  password: new Secret(token),
  extra: {},
});
const post = async (options: Partial<Args<SlackMessageOptions>>): Promise<TaskResult> =>
  await testOperator(slackMessage({ connection: api(), channel: "#data", text: "Hello", ...options }));
const section = (length: number): { type: string; text: object } => ({
  type: "section",
  text: { type: "mrkdwn", text: "x".repeat(length) },
});

describe("the server that stands in for Slack", () => {
  const call = async (
    method: string,
    { token = slack.token, ...body }: { token?: string } & Record<string, unknown>,
  ) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const answer = await fetch(`${slack.url}/api/${method}`, { method: "POST", headers, body: JSON.stringify(body) });
    return (await answer.json()) as { readonly ok: boolean; readonly error?: string };
  };

  test.each([
    [{ channel: "C1", text: "x" }, undefined],
    [{ channel: "C1", text: "x", token: "xoxb-other" }, "invalid_auth"],
    [{ channel: "C2", text: "x" }, "channel_not_found"],
    [{ channel: "C1" }, "no_text"],
    [{ channel: "C1", text: "x".repeat(40_001) }, "msg_too_long"],
    [{ channel: "C1", blocks: [section(3_001)] }, "invalid_blocks"],
    [{ channel: "C1", blocks: [{ type: "section" }] }, "invalid_blocks"],
    [{ channel: "C1", blocks: [{ type: "header", text: { type: "mrkdwn", text: "x" } }] }, "invalid_blocks"],
    [{ channel: "C1", blocks: Array(51).fill({ type: "divider" }) }, "invalid_blocks"],
    [{ channel: "C1", blocks: [section(3_000), { type: "divider" }] }, undefined],
  ])("message %# is answered as the reference says", async (message, error) => {
    expect((await call("chat.postMessage", message)).error).toBe(error);
  });

  test("a webhook takes JSON at its secret address only", async () => {
    const send = async (path: string, body: string): Promise<string> => {
      const answer = await fetch(`${slack.url}/services/${path}`, { method: "POST", body });
      return `${answer.status} ${await answer.text()}`;
    };
    expect(await send(slack.webhookToken, '{"text":"x"}')).toBe("200 ok");
    expect(await send(slack.webhookToken, "{}")).toBe("400 no_text");
    expect(await send(slack.webhookToken, "text")).toBe("400 invalid_payload");
    expect(await send("T1/B1/other", '{"text":"x"}')).toBe("403 invalid_token");
  });
});

test("a message has channel, templates, blocks and thread, and its result names it", async () => {
  const blocks = [{ type: "section", text: { type: "mrkdwn", text: "*{{ dag.dag_id }}*" } }];
  const posted = await post({ text: "Orders of {{ ds }}", blocks, thread: "1.2" });
  expect(posted).toMatchObject({ state: "success", result: { channel: "C1", ts: "1700000000.000001" } });
  expect(slack.messages).toMatchObject([
    {
      channel: "#data",
      thread: "1.2",
      text: expect.stringMatching(/^Orders of \d{4}-\d\d-\d\d$/),
      blocks: [{ text: { text: "*test_dag*" } }],
    },
  ]);
  const call = slackMessage({ connection: api(slack.token, { schema: "C1" }), text: "to the connection's channel" });
  expect(await testOperator(call)).toMatchObject({ state: "success" });
});

test("what Slack refuses is permanent, and no token is told", async () => {
  const refused = await post({ connection: api("xoxb-wrong") });
  expect(refused).toMatchObject({ state: "failed" });
  expect(refused.reason).toMatch(/invalid_auth. Check the token of the connection chat/);
  expect(JSON.stringify(refused)).not.toContain("xoxb-wrong");
  expect((await post({ channel: "#nowhere" })).reason).toMatch(/#nowhere.*channel_not_found/);
  expect((await post({ blocks: [{ type: "section" }] })).reason).toMatch(/invalid_blocks: \[ERROR\]/);
  expect((await post({ blocks: [section(3_001)] })).reason).toMatch(/block 0 \(section\) has a text of 3001/);
  expect((await post({ blocks: Array(51).fill({ type: "divider" }) })).reason).toMatch(/51 blocks/);
  expect(slack.messages).toEqual([]);
});

test("a rate limit is waited for as long as Slack says; trouble and silence are another try's", async () => {
  slack.next.push({ status: 429, headers: { "retry-after": "42" } });
  const call = slackMessage({ connection: api(), channel: "C1", text: "x" });
  const alone = dag("alone", ({ task }) => void task("post", { retries: 1, retryDelay: "5s" }, call));
  const limited = await testDag(alone);
  expect(limited.state).toBe("success");
  expect(slack.messages).toHaveLength(1);
  slack.next.push({ status: 429, headers: { "retry-after": "42" } });
  expect((await post({})).reason).toMatch(/no more messages for 42 s/);
  slack.next.push({ status: 429, headers: { "retry-after": "7" } });
  expect((await testOperator(slackWebhook({ connection: hook(), text: "x" }))).reason).toMatch(/for 7 s/);
  slack.next.push({ status: 503 });
  expect(await post({})).toMatchObject({ code: "UNREACHABLE" });
  slack.next.push("hang");
  expect(await post({ timeout: "200ms" })).toMatchObject({ code: "UNREACHABLE" });
  expect(await post({ connection: api(slack.token, { host: "http://127.0.0.1:9/api" }) })).toMatchObject({
    code: "UNREACHABLE",
  });
});

test("a webhook takes messages, and refuses those of another token for good", async () => {
  expect(await testOperator(slackWebhook({ connection: hook(), text: "{{ dag.dag_id }}" }))).toMatchObject({
    state: "success",
  });
  expect(slack.messages).toMatchObject([{ text: "test_dag" }]);
  const refused = await testOperator(slackWebhook({ connection: hook("T1/B1/another"), text: "x" }));
  expect(refused.reason).toMatch(/webhook of the connection hook was refused: invalid_token/);
  expect(JSON.stringify(refused)).not.toContain("another");
});

test("trials ask Slack and post nothing", async () => {
  const [ofApi, ofWebhook] = provider.connectionTypes ?? [];
  const tools = { signal: AbortSignal.timeout(10_000), fetch, admit: async () => undefined };
  expect(await ofApi?.trial(api(), tools)).toBe("Slack knows the token as millrace of Tests");
  await expect(ofApi?.trial(api("xoxb-wrong"), tools)).rejects.toThrow(/invalid_auth/);
  expect(await ofWebhook?.trial(hook(), tools)).toBe("Slack knows the webhook");
  await expect(ofWebhook?.trial(hook("T1/B1/other"), tools)).rejects.toThrow(/403 invalid_token/);
  expect(slack.messages).toEqual([]);
});

test("a notifier posts DAG, task, run, try, error and a link to the log, by API and by webhook", async () => {
  const baseUrl = "https://millrace.example.com";
  const watched = dag(
    "watched",
    { onFailure: slackNotifier({ connection: hook(), text: "Look at {{ dag.dag_id }}" }) },
    ({ task }) => {
      const alarm = slackNotifier({ connection: api(), channel: "#data", baseUrl });
      task("load", { retries: 0, onFailure: alarm }, () => {
        throw new Error(`<!channel> & ${"long ".repeat(2_000)}`);
      });
    },
  );
  expect((await testDag(watched)).state).toBe("failed");
  const [ofTask, ofRun] = slack.messages;
  expect(ofTask.text).toBe("failure: watched / load");
  const told = JSON.stringify(ofTask.blocks);
  for (const part of [
    "*DAG*\\nwatched",
    "*Task*\\nload",
    "*Run*\\nmanual__",
    "*Try*\\n1",
    "&lt;!channel&gt; &amp; long",
  ])
    expect(told).toContain(part);
  expect(told).toMatch(
    /<https:\/\/millrace\.example\.com\/dags\/watched\/runs\/manual__[^|]*\/tasks\/load\?tab=logs&try=1\|Log>/,
  );
  expect(ofRun).toMatchObject({ text: "Look at watched" });
  expect(ofRun.channel).toBeUndefined();
});
