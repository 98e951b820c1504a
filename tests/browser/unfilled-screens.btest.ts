// Every page while its answers are on their way, when there is nothing, and when the server fails. axe looks at each.
import { expect, test } from "vitest";
import { findBarriers } from "./harness/find-barriers.ts";
import { answerWith, PAGES, setUpScreens, settled } from "./harness/screens.ts";

const screen = setUpScreens();

/** The same answer with nothing in any list. */
const withoutItems = (_: string, value: unknown): unknown => (Array.isArray(value) ? [] : value);

test.each(PAGES)("%s has a shape while its answers are on their way", async (path) => {
  const { page } = screen();
  await answerWith(page, () => new Promise(() => undefined));
  await page.goto(path);
  await page.locator("main h1, main [aria-busy=true]").first().waitFor();
  expect(await findBarriers(page)).toEqual([]);
});

test.each(PAGES)("%s says so when there is nothing", async (path) => {
  const { page } = screen();
  await answerWith(page, async (route) => {
    const response = await route.fetch();
    const text = await response.text();
    const isJson = /json$/.test(response.headers()["content-type"] ?? "");
    await route.fulfill({ response, body: isJson ? JSON.stringify(JSON.parse(text), withoutItems) : text });
  });
  await page.goto(path);
  await settled(page);
  expect((await page.locator("main").innerText()).trim().split("\n").length).toBeGreaterThan(1);
  expect(await findBarriers(page)).toEqual([]);
});

/** These read nothing but who is logged in. */
const ASK_NOTHING = ["/account", "/no/such/page"];

test.each(PAGES.filter(([path]) => !ASK_NOTHING.includes(path)))(
  "%s says what failed, and offers to try again",
  async (path) => {
    const { page, session } = screen();
    const body = JSON.stringify({
      title: "Internal Server Error",
      status: 500,
      detail: "the disk of the database is full",
    });
    await answerWith(page, (route) => route.fulfill({ status: 500, contentType: "application/problem+json", body }));
    await page.goto(path);
    await page.getByRole("alert").filter({ hasText: "the disk of the database is full" }).first().waitFor();
    await page.getByRole("button", { name: "Try again" }).first().waitFor();
    expect(await findBarriers(page)).toEqual([]);
    // The server's failures are what is played here.
    session.complaints.splice(0);
  },
);
