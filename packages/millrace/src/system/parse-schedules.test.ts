import { expect, test } from "vitest";
import { parseSchedules } from "./parse-schedules.ts";

/** `line:column message` of each mistake. */
function faultsOf(text: string): readonly string[] {
  const parsed = parseSchedules(text);
  if (parsed.ok) throw new Error("nothing is wrong with it");
  return parsed.faults.map(({ message, line, column }) => `${line}:${column} ${message}`);
}

function entriesOf(text: string): unknown {
  const parsed = parseSchedules(text);
  if (!parsed.ok) throw new Error(parsed.faults[0].message);
  return parsed.entries;
}

test("an entry gives a cron expression, a time zone and whether a new DAG runs", () => {
  const text = `schedules:
  at_01_rss_ingest:
    enabled: true
    cron_schedule: "0 * * * *"  # every hour
    default_status: "RUNNING"
  wst_atp_bak:
    cron_schedule: "57 4 * * 7"
    timezone: America/Chicago
    default_status: STOPPED
  quiet:
    enabled: false
    cron_schedule: "@daily"
`;
  expect(entriesOf(text)).toEqual([
    {
      name: "at_01_rss_ingest",
      line: 2,
      column: 3,
      cron: { expression: "0 * * * *", zone: "UTC" },
      isPausedAtFirst: false,
    },
    {
      name: "wst_atp_bak",
      line: 6,
      column: 3,
      cron: { expression: "57 4 * * 7", zone: "America/Chicago" },
      isPausedAtFirst: true,
    },
    { name: "quiet", line: 10, column: 3 },
  ]);
});

test("what an anchor names may be used again", () => {
  const text = `schedules:\n  a: &nightly\n    cron_schedule: "0 2 * * *"\n  b: *nightly\n`;
  expect(entriesOf(text)).toMatchObject([{ name: "a" }, { name: "b", cron: { expression: "0 2 * * *" } }]);
});

test.each([["schedules: {}"], ["schedules:\n  # none in this environment\n"]])("%j has no entries", (text) => {
  expect(entriesOf(text)).toEqual([]);
});

test.each([
  ["", "1:1 it needs a map named `schedules`, like"],
  ["- a\n", "1:1 it needs a map named `schedules`"],
  ["schedule: {}\n", "1:1 schedule: there is no such key. Did you mean schedules?"],
  ["schedules: 3\n", "1:1 schedules: it must be a map with an entry for each DAG"],
  ["schedules:\n  a: '0 * * * *'\n", "2:3 schedules.a: it must be a map with enabled, cron_schedule"],
  ["schedules:\n  a: {}\n", "2:3 schedules.a: it needs a cron_schedule"],
  [
    "schedules:\n  a:\n    cron: '@daily'\n    enabled: false\n",
    "3:5 schedules.a.cron: there is no such key. Did you mean cron_schedule?",
  ],
  [
    "schedules:\n  a:\n    enabled: yes\n    cron_schedule: '@daily'\n",
    '3:14 schedules.a.enabled: it must be true or false, not "yes"',
  ],
  ["schedules:\n  a:\n    cron_schedule: '61 * * * *'\n", "3:20 schedules.a.cron_schedule: "],
  [
    "schedules:\n  a:\n    cron_schedule: ['@daily']\n",
    '3:20 schedules.a.cron_schedule: it must be a cron expression of five or six fields, like "0 6 * * *", or a preset, like "@daily", not a list',
  ],
  ["schedules:\n  a:\n    cron_schedule: '@daily'\n    timezone: Europe/Berlyn\n", "4:15 schedules.a.timezone: "],
  [
    "schedules:\n  a:\n    cron_schedule: '@daily'\n    default_status: running\n",
    '4:21 schedules.a.default_status: it must be RUNNING or STOPPED, not "running". Did you mean RUNNING?',
  ],
  ["schedules:\n  a:\n    enabled: false\n  a:\n    enabled: true\n", "4:3 it is not YAML: "],
  ["schedules:\n\ta: 1\n", "2:1 it is not YAML: "],
])("%j is refused with line, column and key", (text, fault) => {
  expect(faultsOf(text)[0]).toContain(fault);
});

test("every mistake of a file is told at once", () => {
  const text = "schedules:\n  a:\n    enabled: 1\n    cron_schedule: never\n  b: 2\n";
  expect(faultsOf(text).map((fault) => fault.split(": ")[0])).toEqual([
    "3:14 schedules.a.enabled",
    "4:20 schedules.a.cron_schedule",
    "5:3 schedules.b",
  ]);
});
