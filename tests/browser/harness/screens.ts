// What the tests of all pages stand on: one project with two runs, one browser, one login; a page of its own for each test.
import { findRun, triggerRun } from "@millrace/api";
import type { Browser, Page, Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { openBrowser, visit, type Visit } from "./open-browser.ts";
import { servedProject, type ServedProject } from "./served-project.ts";

/** A path, and a heading that it must show when it is filled. */
export const PAGES: readonly (readonly [path: string, heading: RegExp])[] = [
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

/** What a test has to work with. */
export interface Screen {
  readonly page: Page;
  readonly session: Visit;
}

/** Makes a stage for the tests of a file. @returns the screen of the test that runs */
export function setUpScreens(): () => Screen {
  let project: ServedProject;
  let browser: Browser;
  /** One login for all pages. */
  let session: Visit;
  let page: Page;
  beforeAll(async () => {
    [project, browser] = await Promise.all([servedProject(), openBrowser()]);
    const params = { dagId: "daily_orders" };
    await project.client.call(triggerRun, { params, body: { runKey: "shown" } });
    await project.client.call(triggerRun, { params, body: { runKey: "failed", conf: { failCheck: true } } });
    await vi.waitFor(
      async () => {
        for (const runKey of ["shown", "failed"])
          expect((await project.client.call(findRun, { params: { ...params, runKey } })).state).toMatch(
            /success|failed/,
          );
      },
      { timeout: 60_000, interval: 200 },
    );
    session = await visit(browser, project.url);
  });
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    await browser?.close();
    await project?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    page = await session.open();
  });
  afterEach(async () => {
    await page.close();
    expect(session.complaints.splice(0), "errors in the browser").toEqual([]);
  });

  return () => ({ page, session });
}

/** Until nothing is read any more and nothing grey is left. */
export async function settled(page: Page): Promise<void> {
  await page.locator("main h1").first().waitFor();
  await vi.waitFor(async () => expect(await page.locator("[aria-busy=true]").count()).toBe(0), { timeout: 20_000 });
}

const isAnswer = (route: Route): boolean =>
  !/\/(session|events|system)\b/.test(new URL(route.request().url()).pathname);

/** Lets `answer` stand in for what the server says, but for who is logged in and what is live. */
export async function answerWith(page: Page, answer: (route: Route) => Promise<void>): Promise<void> {
  await page.route("**/api/**", async (route) => await (isAnswer(route) ? answer(route) : route.continue()));
}
