// The ways that people go most often, in a real browser, against a Millrace as `npm start` runs it. Each leaves a picture for people to look at.
import { findRun, listRuns, triggerRun } from "@millrace/api";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { openBrowser, visit, type Visit, type VisitOptions } from "./harness/open-browser.ts";
import { ADMIN, servedProject, type ServedProject } from "./harness/served-project.ts";

let project: ServedProject;
let browser: Browser;
let here: Visit | undefined;

beforeAll(async () => {
  [project, browser] = await Promise.all([servedProject(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await project?.[Symbol.asyncDispose]();
});
afterEach(async () => {
  const complaints = here?.complaints ?? [];
  await here?.[Symbol.asyncDispose]();
  here = undefined;
  expect(complaints, "errors in the browser").toEqual([]);
});

async function open(path: string, options: VisitOptions = {}): Promise<Page> {
  here = await visit(browser, project.url, options);
  await here.page.goto(path);
  return here.page;
}

const picture = async (name: string): Promise<void> => await here?.picture(name);

/** Runs a DAG to its end. */
async function runToEnd(dagId: string, runKey: string, conf: Readonly<Record<string, unknown>> = {}): Promise<string> {
  await project.client.call(triggerRun, { params: { dagId }, body: { runKey, conf } });
  return await vi.waitFor(
    async () => {
      const { state } = await project.client.call(findRun, { params: { dagId, runKey } });
      expect(["success", "failed"]).toContain(state);
      return state;
    },
    { timeout: 60_000, interval: 200 },
  );
}

const fragile = (body: string): string => `import { dag } from "millrace";
export const fragile = dag("fragile", { tags: ["shop"], description: "Breaks, and is mended" }, ({ task }) => {
  const first = task("prepare", () => 1);
  task("divide", { input: { first } }, ({ first }) => { ${body} });
});
`;

test("log in for the first time: a wrong password is refused in words, the right one leads to where one wanted", async () => {
  const page = await open("/dags", { as: null });
  await page.getByLabel("User name").fill(ADMIN.username);
  await page.getByRole("textbox", { name: "Password" }).fill("a wrong guess");
  await page.getByRole("button", { name: "Log in" }).click();
  await page
    .getByRole("alert")
    .getByText(/refused|wrong|credentials/i)
    .first()
    .waitFor();
  await picture("login");
  await page.getByRole("textbox", { name: "Password" }).fill(ADMIN.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { level: 1, name: "DAGs" }).waitFor();
  await page.getByRole("link", { name: "daily_orders", exact: true }).waitFor();
});

test("find out why a run failed: from the start page to what the task said", async () => {
  for (const day of [1, 2, 3, 4, 5]) await runToEnd("daily_orders", `day-${day}`, { rows: day * 100 });
  expect(await runToEnd("daily_orders", "broken-day", { failCheck: true })).toBe("failed");
  const page = await open("/");
  await page.getByText("12 orders have a negative amount").first().waitFor();
  await picture("home");
  await page.getByRole("link", { name: "checks.amounts" }).first().click();
  await page.getByRole("heading", { level: 1, name: /checks\.amounts/ }).waitFor();
  await page.getByRole("region", { name: "Log lines" }).getByText("3 orders have an amount of 0").waitFor();
  // Without the stack, which names folders of this machine.
  await page.getByRole("group", { name: "Levels" }).getByText("error").click();
  await picture("why-it-failed");
  await page.goto("/dags");
  await page.getByRole("link", { name: "daily_orders", exact: true }).waitFor();
  await picture("dags");
  await page.goto("/dags/daily_orders/grid");
  await page.getByText("fetch_orders").first().waitFor();
  await picture("grid");
});

test("clear what failed and watch it pass, without reading the page again", async () => {
  await project.write("dags/fragile.dag.ts", fragile('throw new Error("divided by nothing")'));
  await vi.waitFor(async () => await runToEnd("fragile", "first"), { timeout: 60_000 });
  await project.write("dags/fragile.dag.ts", fragile("return first + 1;"));
  const page = await open("/dags/fragile/runs/first");
  await page.getByRole("heading", { level: 1, name: /first\s+failed/ }).waitFor();
  await vi.waitFor(() => expect(project.output()).toMatch(/fragile is now version 2/));
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("The run moves from version 1 to version 2 of the DAG.").waitFor();
  await picture("clear");
  await dialog.getByRole("button", { name: /^Clear \d+ task instance/ }).click();
  await page.getByRole("heading", { level: 1, name: /first\s+success/ }).waitFor();
});

test("compare versions: what changed between them, in tasks and in lines", async () => {
  const page = await open("/dags/fragile/code");
  await page.getByText("return first + 1;").first().waitFor();
  await page.goto("/dags/fragile/code?version=2&against=1");
  await page.getByText('throw new Error("divided by nothing")').first().waitFor();
  await page.getByText("return first + 1;").first().waitFor();
  await picture("versions");
});

test("backfill a week: see what would run, begin, and see it end", async () => {
  const page = await open("/dags/daily_orders/backfills");
  await page.getByRole("button", { name: "New backfill" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("First logical date").fill("2026-03-02T00:00:00");
  await dialog.getByLabel("Last logical date").fill("2026-03-08T23:59:00");
  await dialog.getByRole("button", { name: "Begin: 7 runs" }).waitFor();
  await picture("backfill");
  await dialog.getByRole("button", { name: "Begin: 7 runs" }).click();
  await page.getByRole("cell", { name: "ended", exact: true }).first().waitFor({ timeout: 90_000 });
  const { items } = await project.client.call(listRuns, { query: { dagId: "daily_orders", limit: 100 } });
  expect(items.filter(({ runType }) => runType === "backfill")).toHaveLength(7);
});

test("trigger with params: the form checks, sends, and leads to the run", async () => {
  const page = await open("/dags/daily_orders/trigger?rows=50&region=us");
  expect(await page.getByRole("textbox", { name: "Rows" }).inputValue()).toBe("50");
  await page.getByRole("textbox", { name: "Run id" }).fill("by-hand");
  await page.getByRole("textbox", { name: "Mail to" }).fill("a@example.org\nb@example.org");
  await picture("trigger");
  await page.getByRole("button", { name: "Trigger", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: /by-hand\s+success/ }).waitFor();
  const { conf } = await project.client.call(findRun, { params: { dagId: "daily_orders", runKey: "by-hand" } });
  expect(JSON.parse(conf ?? "{}")).toMatchObject({ rows: 50, region: "us", mails: ["a@example.org", "b@example.org"] });
});

test("read a log while it is written, and find a line in it", async () => {
  await project.client.call(triggerRun, {
    params: { dagId: "slow_log" },
    body: { runKey: "talk", conf: { lines: 60, pauseMs: 250 } },
  });
  const page = await open("/dags/slow_log/runs/talk/tasks/talk");
  const lines = page.getByRole("region", { name: "Log lines" });
  // It follows the end of the log, so that which lines are in sight depends on when one looks.
  await lines
    .getByText(/line \d+ of 60/)
    .first()
    .waitFor();
  await page.getByRole("heading", { level: 1, name: /talk\s+running/ }).waitFor();
  await picture("live-log");
  // It goes on by itself, to its end.
  await lines.getByText("line 59 of 60").first().waitFor({ timeout: 60_000 });
  await page.getByRole("searchbox", { name: "Search the log" }).fill("line 20 is a tenth");
  await page.keyboard.press("Enter");
  await lines.getByText("line 20 is a tenth one").first().waitFor();
});

test("find out why a task waits: the pool, and what to do", async () => {
  await project.run("pools", "set", "narrow", "0", "no room");
  await project.client.call(triggerRun, { params: { dagId: "stuck_in_the_pool" }, body: { runKey: "waits" } });
  const page = await open("/dags/stuck_in_the_pool/runs/waits/tasks/wants_a_slot");
  await page
    .getByText(/pool narrow/i)
    .first()
    .waitFor();
  await picture("why-it-waits");
});

test("add a connection by its type's form, and try it", async () => {
  const page = await open("/connections");
  await page.getByRole("button", { name: "New connection" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByRole("textbox", { name: "Id", exact: true }).fill("own_api");
  await form.getByRole("combobox", { name: "Type" }).click();
  await page.getByRole("option", { name: /^http/i }).first().click();
  await form.getByLabel(/^Host/).fill(project.url);
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByText("own_api was made.").waitFor();
  await page
    .getByRole("button", { name: "own_api" })
    .or(page.getByRole("link", { name: "own_api" }))
    .first()
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Test" }).click();
  await page.getByText("It works").waitFor();
  await picture("connection");
});

test("manage a user: make one who may look and not touch, and see what she sees", async () => {
  const vera = { username: "vera", password: "vera-looks-at-it" };
  const page = await open("/users");
  await page.getByRole("button", { name: "New user" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByLabel("User name").fill(vera.username);
  await form.getByLabel("First name").fill("Vera");
  await form.getByLabel("Last name").fill("View");
  await form.getByLabel("E-mail").fill("vera@example.org");
  await form.getByRole("textbox", { name: "Password" }).fill(vera.password);
  // The field that holds the choices lies over the one that opens the list.
  await form.getByRole("combobox", { name: "Roles" }).click({ force: true });
  await page.getByRole("option", { name: "Viewer" }).click();
  await page.keyboard.press("Escape");
  await picture("user");
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByText("vera was made.").waitFor();
  await here?.[Symbol.asyncDispose]();
  const hers = await open("/dags/daily_orders/grid", { as: vera });
  await hers.getByText("fetch_orders").first().waitFor();
  expect(await hers.getByRole("link", { name: "Trigger" }).count()).toBe(0);
  const navigation = hers.getByRole("navigation", { name: "Main navigation" });
  expect(await navigation.getByRole("link", { name: "Runs" }).count()).toBe(1);
  expect(await navigation.getByRole("link", { name: "Connections" }).count()).toBe(0);
  await here?.[Symbol.asyncDispose]();
  const again = await open("/users");
  const row = again.getByRole("row").filter({ hasText: "vera@example.org" });
  await row.getByRole("button", { name: "More actions" }).click();
  await again.getByRole("menuitem", { name: "Make inactive" }).click();
  await again.getByRole("dialog").getByRole("button", { name: "Make inactive" }).click();
  await again.getByText("vera is inactive.").waitFor();
  await row.getByText("inactive", { exact: true }).waitFor();
});

test("a server that dies comes back, and the page follows it again by itself", async () => {
  const page = await open("/dags/price_watch/runs");
  await page.getByRole("heading", { level: 1, name: "price_watch" }).waitFor();
  await project.killServer();
  await page.getByText("Reconnecting").waitFor();
  await page.getByText("Reconnecting").waitFor({ state: "detached" });
  await runToEnd("price_watch", "after-the-fall");
  await page.getByRole("link", { name: "after-the-fall" }).first().waitFor();
  // What failed meanwhile is what was played here.
  here?.complaints.splice(0);
});
