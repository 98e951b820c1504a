import { existsSync } from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";
import type { Bench } from "../bench.ts";
import { formatFigure } from "../report/format-figure.ts";
import type { MeasuredServer } from "../system/api-server.ts";
import type { Workload } from "../workload.ts";
import { DATABASE, filledServer } from "./api.ts";

const CHROMIUM = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/google-chrome"];

/** How long a page takes, and what it loads, in a browser that has never been here. */
interface Visit {
  readonly ms: number;
  /** Of scripts and styles, as they travel. */
  readonly bytes: number;
}

/** The list of 10 000 DAGs, from the address to the first row that can be used. */
export const interfaceList: Workload = {
  name: "ui-dags",
  title: ({ apiDags }) => `the page of ${formatFigure(apiDags)} DAGs, cold cache, until it can be used`,
  unit: "ms",
  better: "lower",
  must: 2_000,
  aim: 1_000,
  run: async (bench) => (await visits(bench, "/dags", "table tbody a")).map(({ ms }) => ms),
};

/** What that page loads. */
export const interfaceSize: Workload = {
  name: "ui-size",
  title: () => "scripts and styles of that page, compressed",
  unit: "kB",
  better: "lower",
  run: async (bench) => (await visits(bench, "/dags", "table tbody a")).map(({ bytes }) => bytes / 1_000),
};

/** A run with 100 000 task instances, from its address to the first rows. */
export const interfaceLargeRun: Workload = {
  name: "ui-large-run",
  title: ({ largeRunTasks }) =>
    `the page of a run with ${formatFigure(largeRunTasks)} task instances, until its rows are there`,
  unit: "ms",
  better: "lower",
  must: 1_000,
  async run(bench) {
    const runKey = await largeRun(bench);
    return (await visits(bench, `/dags/sized/runs/${runKey}/tasks`, "[role=table] [role=row] a")).map(({ ms }) => ms);
  },
};

/** Makes the run. @returns its key */
async function largeRun(bench: Bench): Promise<string> {
  const { server } = await filledServer(bench);
  const system = await bench.system({ limits: "wide", database: DATABASE });
  await system.run("sized", 1, { pace: "together", conf: JSON.stringify({ tasks: bench.scale.largeRunTasks }) });
  const { authorization } = server;
  const answer = await fetch(`${server.url}/api/millrace/v1/runs?dagId=sized&limit=1`, { headers: { authorization } });
  const { items } = (await answer.json()) as { readonly items: readonly { readonly runKey: string }[] };
  return encodeURIComponent(items[0].runKey);
}

function visits(bench: Bench, path: string, usable: string): Promise<readonly Visit[]> {
  return bench.once(`interface ${path}`, async () => {
    const { server } = await filledServer(bench);
    const executablePath = CHROMIUM.find((place) => place !== undefined && existsSync(place));
    if (executablePath === undefined)
      throw new Error("no Chromium is found: install it, or name it by CHROMIUM=/path/to/it");
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    try {
      const measured: Visit[] = [];
      // The first one starts processes of the browser, too.
      for (let number = 0; number <= bench.scale.longSamples; number += 1)
        measured.push(await visitOnce(browser, server, { path, usable }));
      return measured.slice(1);
    } finally {
      await browser.close();
    }
  });
}

async function visitOnce(
  browser: Browser,
  server: MeasuredServer,
  { path, usable }: { readonly path: string; readonly usable: string },
): Promise<Visit> {
  const context = await browser.newContext({ extraHTTPHeaders: { authorization: server.authorization } });
  try {
    const page = await context.newPage();
    const began = performance.now();
    await page.goto(server.url + path);
    await page.locator(usable).first().waitFor();
    return { ms: performance.now() - began, bytes: await loadedBytes(page) };
  } finally {
    await context.close();
  }
}

/** Told as text: it runs in the page, whose names this program does not have. */
const LOADED_BYTES = `performance.getEntriesByType("resource")
  .filter(({ name }) => name.includes("/static/"))
  .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`;

async function loadedBytes(page: Page): Promise<number> {
  return await page.evaluate<number>(LOADED_BYTES);
}
