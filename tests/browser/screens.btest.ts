// Every page: filled in light and dark, and on a phone; while its answers are on their way, when there is nothing, and when the server fails. axe looks at each.
import { findRun, triggerRun } from "@millrace/api";
import type { Browser, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findBarriers } from "./harness/find-barriers.ts";
import { openBrowser, visit, type Visit } from "./harness/open-browser.ts";
import { servedProject, type ServedProject } from "./harness/served-project.ts";

/** A path, and a heading that it must show when it is filled. */
const PAGES: readonly (readonly [path: string, heading: RegExp])[] = [
  ["/", /Home/],
  ["/dags", /DAGs/],
  ["/dags/daily_orders/grid", /daily_orders/],
  ["/dags/daily_orders/graph", /daily_orders/],
  ["/dags/daily_orders/gantt", /daily_orders/],
  ["/dags/daily_orders/calendar", /daily_orders/],
  ["/dags/daily_orders/durations", /daily_orders/],
  ["/dags/daily_orders/runs", /daily_orders/],
  ["/dags/daily_orders/tasks", /daily_orders/],
  ["/dags/daily_orders/code", /daily_orders/],
  ["/dags/daily_orders/backfills", /daily_orders/],
  ["/dags/daily_orders/details", /daily_orders/],
  ["/dags/daily_orders/events", /daily_orders/],
  ["/dags/daily_orders/trigger", /daily_orders/],
  ["/dags/daily_orders/runs/shown/tasks", /shown/],
  ["/dags/daily_orders/runs/shown/graph", /shown/],
  ["/dags/daily_orders/runs/shown/gantt", /shown/],
  ["/dags/daily_orders/runs/shown/tasks/report", /report/],
  ["/assets", /Assets/],
  ["/assets/graph", /Assets?/],
  ["/assets/asset?uri=s3%3A%2F%2Fshop%2Forders", /s3:\/\/shop\/orders/],
  ["/runs", /Runs/],
  ["/task-instances", /Task instances/],
  ["/backfills", /Backfills/],
  ["/activity", /activity/i],
  ["/dependencies", /dependencies/i],
  ["/workers", /Workers/],
  ["/jobs", /Schedulers/],
  ["/webhook-deliveries", /Webhook/],
  ["/audit-log", /Audit/],
  ["/pages", /Pages/],
  ["/connections", /Connections/],
  ["/variables", /Variables/],
  ["/pools", /Pools/],
  ["/configuration", /Configuration/],
  ["/providers", /Providers/],
  ["/plugins", /Plugins/],
  ["/users", /Users/],
  ["/roles", /Roles/],
  ["/tokens", /Tokens/],
  ["/account", /account/i],
  ["/no/such/page", /no such page/i],
];

let project: ServedProject;
let browser: Browser;

beforeAll(async () => {
  [project, browser] = await Promise.all([servedProject(), openBrowser()]);
  const params = { dagId: "daily_orders" };
  await project.client.call(triggerRun, { params, body: { runKey: "shown" } });
  await project.client.call(triggerRun, { params, body: { runKey: "failed", conf: { failCheck: true } } });
  await vi.waitFor(
    async () => {
      for (const runKey of ["shown", "failed"])
        expect((await project.client.call(findRun, { params: { ...params, runKey } })).state).toMatch(/success|failed/);
    },
    { timeout: 60_000, interval: 200 },
  );
});
afterAll(async () => {
  await browser?.close();
  await project?.[Symbol.asyncDispose]();
});

/** Until nothing is read any more and nothing grey is left. */
async function settled({ page }: Visit): Promise<void> {
  await page.locator("main h1").first().waitFor();
  await vi.waitFor(async () => expect(await page.locator("[aria-busy=true]").count()).toBe(0), { timeout: 20_000 });
}

const isAnswer = (route: Route): boolean =>
  !/\/(session|events|system)\b/.test(new URL(route.request().url()).pathname);

/** Lets `answer` stand in for what the server says, but for who is logged in and what is live. */
async function answerWith({ page }: Visit, answer: (route: Route) => Promise<void>): Promise<void> {
  await page.route("**/api/**", async (route) => await (isAnswer(route) ? answer(route) : route.continue()));
}

/** The same answer with nothing in any list. */
const withoutItems = (_: string, value: unknown): unknown => (Array.isArray(value) ? [] : value);

describe.each(["light", "dark"] as const)("in %s", (scheme) => {
  test.each(PAGES)("%s shows what there is, to everybody", async (path, heading) => {
    await using here = await visit(browser, project.url, { scheme });
    await here.page.goto(path);
    await settled(here);
    expect(await here.page.locator("main h1").allTextContents()).toEqual([expect.stringMatching(heading)]);
    await here.picture(`screens/${scheme}${path.replaceAll(/[/?%=]+/g, "-")}`);
    expect(await findBarriers(here.page)).toEqual([]);
    expect(here.complaints).toEqual([]);
  });
});

test.each(PAGES)("%s fits a phone", async (path) => {
  await using here = await visit(browser, project.url, { width: 390, height: 800 });
  await here.page.goto(path);
  await settled(here);
  await here.picture(`screens/phone${path.replaceAll(/[/?%=]+/g, "-")}`);
  const overhang = await here.page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
  expect(overhang, "the page is not wider than the phone").toBeLessThanOrEqual(0);
});

test.each(PAGES)("%s has a shape while its answers are on their way", async (path) => {
  await using here = await visit(browser, project.url);
  await answerWith(here, () => new Promise(() => undefined));
  await here.page.goto(path);
  await here.page.locator("main").waitFor();
  await here.page.locator("main h1, main [aria-busy=true]").first().waitFor();
  expect(await findBarriers(here.page)).toEqual([]);
  expect(here.complaints).toEqual([]);
});

test.each(PAGES)("%s says so when there is nothing", async (path) => {
  await using here = await visit(browser, project.url);
  await answerWith(here, async (route) => {
    const response = await route.fetch();
    const text = await response.text();
    const isJson = /json$/.test(response.headers()["content-type"] ?? "");
    await route.fulfill({ response, body: isJson ? JSON.stringify(JSON.parse(text), withoutItems) : text });
  });
  await here.page.goto(path);
  await settled(here);
  expect((await here.page.locator("main").innerText()).trim().split("\n").length).toBeGreaterThan(1);
  expect(await findBarriers(here.page)).toEqual([]);
  expect(here.complaints).toEqual([]);
});

test.each(PAGES.filter(([path]) => !["/account", "/no/such/page"].includes(path)))(
  "%s says what failed, and offers to try again",
  async (path) => {
    await using here = await visit(browser, project.url);
    const body = JSON.stringify({
      title: "Internal Server Error",
      status: 500,
      detail: "the disk of the database is full",
    });
    await answerWith(here, (route) => route.fulfill({ status: 500, contentType: "application/problem+json", body }));
    await here.page.goto(path);
    await here.page.getByRole("alert").filter({ hasText: "the disk of the database is full" }).first().waitFor();
    await here.page.getByRole("button", { name: "Try again" }).first().waitFor();
    expect(await findBarriers(here.page)).toEqual([]);
  },
);
