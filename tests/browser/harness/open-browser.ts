import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { expect } from "vitest";
import { ADMIN } from "./served-project.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** Where pictures of journeys go; `PICTURES=docs` renews those of the documentation. */
const PICTURES = join(ROOT, process.env["PICTURES"] === "docs" ? "docs/pictures/ui" : ".cache/pictures");

/** For what should be there at once, on a machine that is three times as slow. */
const PATIENCE_MS = 20_000;

/** A window of a browser at a Millrace. */
export interface Visit extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser complained about: errors of scripts, policies that were broken, answers of 500 and more. */
  readonly complaints: string[];
  /** Opens another tab. */
  open(): Promise<Page>;
  /** Keeps a picture of a tab, for people to look at; default: of the first. */
  picture(name: string, page?: Page): Promise<void>;
}

/** How a visit differs from an administrator's at a laptop. */
export interface VisitOptions {
  /** `null`: nobody is logged in. */
  readonly as?: { readonly username: string; readonly password: string } | null;
  readonly scheme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
}

/** Starts a browser. @throws Error that says what to install when there is none */
export async function openBrowser(): Promise<Browser> {
  const wanted = process.env["CHROMIUM"];
  const executablePath = [wanted, ...PLACES].find((place) => place !== undefined && existsSync(place));
  if (executablePath === undefined)
    throw new Error("no Chromium is found: install Debian's package `chromium`, or name one by CHROMIUM=/path/to/it");
  // Chromium's sandbox needs rights that containers and root do not have; it opens our own pages only.
  return await chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** Opens a window at a Millrace, logged in. */
export async function visit(browser: Browser, url: string, options: VisitOptions = {}): Promise<Visit> {
  const { as = ADMIN, scheme = "light", width = 1_360, height = 850 } = options;
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height },
    colorScheme: scheme,
    timezoneId: "Europe/Vienna",
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  if (as) {
    const { status } = await context.request
      .post("/api/millrace/v1/session", { data: as })
      .then((answer) => ({ status: answer.status() }));
    expect(status, `login of ${as.username}`).toBe(200);
  }
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  const open = async (): Promise<Page> => {
    const page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      // The browser itself says so of each answer that is an error; those that may not be are below.
      const isAnswer = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isAnswer) complaints.push(message.text());
    });
    page.on("response", (answer) => {
      if (answer.status() >= 500) complaints.push(`${answer.status()} ${answer.url()}`);
    });
    return page;
  };
  const first = await open();
  return {
    context,
    page: first,
    complaints,
    open,
    async picture(name, page = first) {
      const file = join(PICTURES, `${name}.png`);
      await mkdir(dirname(file), { recursive: true });
      await page.screenshot({ path: file, animations: "disabled" });
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}
