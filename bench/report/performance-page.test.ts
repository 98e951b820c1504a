import { expect, test } from "vitest";
import { QUICK } from "../scale.ts";
import { anOutcome } from "./an-outcome.fixture.ts";
import { withResults } from "./performance-page.ts";
import type { Results } from "./results.ts";

const MARKS = "<!-- results: written by bench/write-page.ts, never by hand -->\nold\n<!-- end of results -->";

const RESULTS: Results = {
  at: "2026-11-21T07:00:00.000Z",
  seconds: 60,
  isQuick: false,
  scale: QUICK,
  machine: {
    cpu: "A processor",
    cores: 2,
    memoryGb: 24,
    system: "Debian",
    node: "v24.9.0",
    postgres: "18.4",
    postgresSettings: { fsync: "on" },
    flushMs: 0.07,
  },
  settings: ["Defaults: 1 worker process."],
  outcomes: [anOutcome({ must: 100, isReached: true })],
  memory: [{ when: "idle", rss: 2 ** 27, heapUsed: 2 ** 24, children: [2 ** 26] }],
  comparison: {
    millrace: { sequenceMs: 40, chainsPerSecond: 10_000 },
    peers: [
      {
        name: "Queue",
        version: "1.0",
        home: "https://queue.example",
        license: "MIT",
        settings: "its defaults",
        figures: { sequenceMs: 120, chainsPerSecond: 2_500 },
      },
      {
        name: "Other",
        version: "2.0",
        home: "https://other.example",
        license: "MIT",
        settings: "",
        missing: "no Redis",
      },
    ],
  },
};

test("new results take the place of old ones and nothing else changes", () => {
  const page = withResults(`# Performance\n\n${MARKS}\n\nafter\n`, RESULTS);
  expect(page).toMatch(/^# Performance\n/);
  expect(page).toMatch(/\nafter\n$/);
  expect(page).not.toContain("old");
  expect(page).toContain("| 40 tasks | 40 ms | 38 – 45 | ≤ 100 | — | yes |");
  expect(page).toContain("A processor, 2 cores, 24 GB");
  expect(withResults(page, RESULTS)).toBe(page);
});

test("peers stand as multiples of Millrace, with credit; one that was not measured says why", () => {
  const page = withResults(MARKS, RESULTS);
  expect(page).toContain("| Queue 1.0 | 120 ms (3 ×) | 2\u202f500/s (0.25 ×) | — |");
  expect(page).toContain("[Queue](https://queue.example) 1.0 (MIT): its defaults.");
  expect(page).toContain("[Other](https://other.example) 2.0 (MIT): not measured: no Redis.");
});

test("figures of a quick run say so", () => {
  expect(withResults(MARKS, { ...RESULTS, isQuick: true })).toContain("A quick run");
  expect(withResults(MARKS, RESULTS)).not.toContain("A quick run");
});

test("a page without a place for results is refused", () => {
  expect(() => withResults("# Performance\n", RESULTS)).toThrow("end of results");
});
