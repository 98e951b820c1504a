// What is written by hand must stay true: files that pages name exist, links lead somewhere, commands are known, invariants are cited.
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { cron, formatInstant, parseInstant, upcomingRuns } from "@millrace/core";
import { expect, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const PAGES = ["README.md", "ARCHITECTURE.md", ...globSync("docs/**/*.md", { cwd: ROOT })].sort();
const TOP_FOLDERS = "packages|providers|pipelines|bench|tests|examples|scripts|docs|deploy|\\.ci";
const TESTS = /\.(test|itest|stest|contract)\.ts$/;
const INVARIANTS = Array.from({ length: 11 }, (_, index) => `R${index + 1}`);

const cites = (text: string, invariant: string): boolean => new RegExp(`\\b${invariant}\\b`).test(text);

function withoutCode(page: string): string {
  return page.replaceAll(/^( *)```[^]*?^\1```/gm, "").replaceAll(/`[^`\n]*`/g, "code");
}

function anchorsOf(page: string): readonly string[] {
  return [...withoutFences(page).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function withoutFences(page: string): string {
  return page.replaceAll(/^( *)```[^]*?^\1```/gm, "");
}

test.each(PAGES)("%s links only to what exists", (page) => {
  const broken = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
    if (/^(https?|mailto):/.test(link)) return [];
    const [file, anchor] = link.split("#");
    const target = file === "" ? page : path.posix.join(path.posix.dirname(page), file);
    if (!existsSync(path.join(ROOT, target))) return [link];
    return anchor === undefined || anchorsOf(read(target)).includes(anchor) ? [] : [link];
  });
  expect(broken).toEqual([]);
});

test.each(PAGES)("%s names only files that exist", (page) => {
  const named = [...read(page).matchAll(new RegExp(`\`((?:${TOP_FOLDERS})/[\\w./-]+)\``, "g"))].map(([, file]) => file);
  // What Millrace keeps is there only after a run.
  const missing = named.filter((file) => !file.includes("/.millrace/") && !existsSync(path.join(ROOT, file)));
  expect(missing).toEqual([]);
});

test.each(PAGES)("%s names only commands that exist", (page) => {
  const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
  const known = new Set(
    [...read("docs/reference/cli.md").matchAll(/(?:^## |Also )`millrace ([a-z]+)(?: ([a-z-]+))?/gm)].map(nameOf),
  );
  const text = read(page);
  const unknownScripts = [...text.matchAll(/npm run (?:--silent )?([a-z:]+)/g)].filter(
    ([, name]) => !(name in scripts),
  );
  const used = [...text.matchAll(/(?:npx millrace|npm run millrace --|`millrace) ([a-z]+)(?: ([a-z-]+))?/g)];
  const unknown = used.filter((match) => !known.has(match[1]) && !known.has(nameOf(match)));
  expect([...unknownScripts, ...unknown].map(([command]) => command)).toEqual([]);
});

function nameOf([, first, second]: RegExpMatchArray): string {
  return second === undefined ? first : `${first} ${second}`;
}

test.each(INVARIANTS)("%s is cited in the files that ARCHITECTURE.md names for it", (invariant) => {
  const entry = new RegExp(`^- \\*\\*${invariant}\\.[^]*?(?=^- |^## )`, "m").exec(read("ARCHITECTURE.md"))?.[0] ?? "";
  const [, kept, tested] = /Kept in ([^;]*); tested in ([^]*)/.exec(entry) ?? [];
  const filesIn = (text: string): readonly string[] => [...(text ?? "").matchAll(/`([^`]+)`/g)].map(([, file]) => file);
  expect(filesIn(kept).filter((file) => !TESTS.test(file) && cites(read(file), invariant))).toEqual(filesIn(kept));
  expect(filesIn(tested).filter((file) => TESTS.test(file) && cites(read(file), invariant))).toEqual(filesIn(tested));
  expect(filesIn(kept).length).toBeGreaterThan(0);
  expect(filesIn(tested).length).toBeGreaterThan(0);
});

test("the clock changes that docs/schedules.md tells of are true", () => {
  const timesOf = (expression: string, from: string, until: string): readonly string[] => {
    const [start, end] = [parseInstant(from, "Europe/Berlin"), parseInstant(until, "Europe/Berlin")];
    const query = { start, catchup: true, now: start };
    return upcomingRuns(cron(expression, "Europe/Berlin"), query, 30).flatMap(({ logicalDate }) =>
      logicalDate < end ? [formatInstant(logicalDate)] : [],
    );
  };
  const page = read("docs/schedules.md");
  expect(page).toContain('`cron("30 2 * * *", "Europe/Berlin")` runs on 30 March 2025 at 03:00');
  expect(timesOf("30 2 * * *", "2025-03-30", "2025-03-31")).toEqual(["2025-03-30T01:00:00+00:00"]);
  expect(page).toContain("on 26 October at the first 02:30");
  expect(timesOf("30 2 * * *", "2025-10-26", "2025-10-27")).toEqual(["2025-10-26T00:30:00+00:00"]);
  expect(page).toContain("An hourly DAG has 23 runs on the short day and 25 on the long one");
  expect(timesOf("0 * * * *", "2025-03-30", "2025-03-31")).toHaveLength(23);
  expect(timesOf("0 * * * *", "2025-10-26", "2025-10-27")).toHaveLength(25);
});
