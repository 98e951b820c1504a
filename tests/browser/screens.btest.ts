// Every page: filled in light and dark, and on a phone; while its answers are on their way, when there is nothing, and when the server fails. axe looks at each.
import { findRun, triggerRun } from "@millrace/api";
import type { Browser, Page, Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
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
/** One login for all pages. */
let session: Visit;

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
  session = await visit(browser, project.url);
});
afterAll(async () => {
  await session?.[Symbol.asyncDispose]();
  await browser?.close();
  await project?.[Symbol.asyncDispose]();
});

let page: Page;
beforeEach(async () => {
  page = await session.open();
});
afterEach(async () => {
  await page.close();
  expect(session.complaints.splice(0), "errors in the browser").toEqual([]);
});

/** Until nothing is read any more and nothing grey is left. */
async function settled(): Promise<void> {
  await page.locator("main h1").first().waitFor();
  await vi.waitFor(async () => expect(await page.locator("[aria-busy=true]").count()).toBe(0), { timeout: 20_000 });
}

const isAnswer = (route: Route): boolean =>
  !/\/(session|events|system)\b/.test(new URL(route.request().url()).pathname);

/** Lets `answer` stand in for what the server says, but for who is logged in and what is live. */
async function answerWith(answer: (route: Route) => Promise<void>): Promise<void> {
  await page.route("**/api/**", async (route) => await (isAnswer(route) ? answer(route) : route.continue()));
}

/** The same answer with nothing in any list. */
const withoutItems = (_: string, value: unknown): unknown => (Array.isArray(value) ? [] : value);

const nameOf = (path: string): string => path.replaceAll(/[/?%=]+/g, "-");

test.each(PAGES)("%s shows what there is to everybody: in light, in dark, on a phone", async (path, heading) => {
  await page.goto(path);
  await settled();
  expect(await page.locator("main h1").allTextContents()).toEqual([expect.stringMatching(heading)]);
  await session.picture(`screens/light${nameOf(path)}`, page);
  expect(await findBarriers(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  await session.picture(`screens/dark${nameOf(path)}`, page);
  expect(await findBarriers(page), "in dark").toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 800 });
  await settled();
  await session.picture(`screens/phone${nameOf(path)}`, page);
  const overhang = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
  expect(overhang, "the page is not wider than the phone").toBeLessThanOrEqual(0);
});

test.each(PAGES)("%s has a shape while its answers are on their way", async (path) => {
  await answerWith(() => new Promise(() => undefined));
  await page.goto(path);
  await page.locator("main h1, main [aria-busy=true]").first().waitFor();
  expect(await findBarriers(page)).toEqual([]);
});

test.each(PAGES)("%s says so when there is nothing", async (path) => {
  await answerWith(async (route) => {
    const response = await route.fetch();
    const text = await response.text();
    const isJson = /json$/.test(response.headers()["content-type"] ?? "");
    await route.fulfill({ response, body: isJson ? JSON.stringify(JSON.parse(text), withoutItems) : text });
  });
  await page.goto(path);
  await settled();
  expect((await page.locator("main").innerText()).trim().split("\n").length).toBeGreaterThan(1);
  expect(await findBarriers(page)).toEqual([]);
});

/** These read nothing but who is logged in. */
const ASK_NOTHING = ["/account", "/no/such/page"];

test.each(PAGES.filter(([path]) => !ASK_NOTHING.includes(path)))(
  "%s says what failed, and offers to try again",
  async (path) => {
    const body = JSON.stringify({
      title: "Internal Server Error",
      status: 500,
      detail: "the disk of the database is full",
    });
    await answerWith((route) => route.fulfill({ status: 500, contentType: "application/problem+json", body }));
    await page.goto(path);
    await page.getByRole("alert").filter({ hasText: "the disk of the database is full" }).first().waitFor();
    await page.getByRole("button", { name: "Try again" }).first().waitFor();
    expect(await findBarriers(page)).toEqual([]);
    // The server's failures are what is played here.
    session.complaints.splice(0);
  },
);
