import { expect, test } from "vitest";
import { collect } from "../testing/collect.ts";
import { readRecords } from "./read-records.ts";
import type { Source } from "./source-config.ts";
import { emptyTally, runResult } from "./source-tally.ts";

const source = {
  name: "s",
  url: "x",
  format: "hosts",
  category: "malware",
  updateFrequency: "daily",
  description: "",
} as const satisfies Source;

async function read(lines: readonly (string | null)[], maxDomains?: number) {
  const tally = emptyTally();
  const input = {
    source,
    lines,
    metadata: { source_url: "file:x", content_length: 9 },
    ingestionTimestamp: "2025-10-01T00:00:00.000Z",
  };
  const records = await collect(readRecords(maxDomains === undefined ? input : { ...input, maxDomains }, tally));
  return { tally, records, domains: records.map((record) => record.domain) };
}

test("a record carries the clean domain, the entry as it was and where it stood", async () => {
  const { records } = await read(["# head", "  0.0.0.0 WWW.Ads.net "]);
  expect(records).toEqual([
    {
      domain: "ads.net",
      category: "malware",
      source: "s",
      source_format: "hosts",
      raw_entry: "0.0.0.0 WWW.Ads.net",
      ingestion_timestamp: "2025-10-01T00:00:00.000Z",
      metadata: { line_number: 2, source_url: "file:x", content_length: 9 },
    },
  ]);
});

test("lines, entries, valid, invalid and duplicate ones are counted apart", async () => {
  const { tally, domains } = await read([
    "0.0.0.0 a.net",
    "0.0.0.0 www.a.net",
    "0.0.0.0 A.NET",
    "",
    "0.0.0.0 x_y.net",
    "0.0.0.0 www.com",
    null,
    "0.0.0.0 b.net",
  ]);
  expect(domains).toEqual(["a.net", "b.net"]);
  expect(tally).toEqual({ lines: 8, fetched: 5, valid: 2, invalid: 3, duplicates: 2, truncated: false });
});

test("two sources may name the same domain: the memory of seen domains is each source's own", async () => {
  expect((await read(["0.0.0.0 a.net"])).domains).toEqual((await read(["0.0.0.0 a.net"])).domains);
});

test("reading stops at the limit of domains and says so", async () => {
  const { tally, domains } = await read(
    ["0.0.0.0 a.net", "0.0.0.0 a.net", "0.0.0.0 b.net", "0.0.0.0 c.net", "0.0.0.0 d.net"],
    2,
  );
  expect(domains).toEqual(["a.net", "b.net"]);
  expect(tally).toMatchObject({ truncated: true, duplicates: 1, lines: 4 });
});

test("the result of a run adds its sources up and names those that failed", () => {
  const tally = { lines: 9, fetched: 6, valid: 4, invalid: 1, duplicates: 2, truncated: false };
  expect(
    runResult("b1", [
      { kind: "done", source: "m", category: "malware", tally, published: 4, alreadyPublished: false, rejected: 0 },
      {
        kind: "done",
        source: "a",
        category: "ads_trackers",
        tally: { ...tally, valid: 3 },
        published: 2,
        alreadyPublished: false,
        rejected: 1,
      },
      {
        kind: "done",
        source: "none",
        category: "ads_trackers",
        tally: emptyTally(),
        published: 0,
        alreadyPublished: false,
        rejected: 0,
      },
      { kind: "failed", source: "f", category: "malware", error: "FetchError", message: "gone" },
    ]),
  ).toEqual({
    status: "success",
    batch_id: "b1",
    statistics: {
      sources_processed: 2,
      sources_failed: 1,
      domains_fetched: 12,
      domains_validated: 7,
      domains_published: 6,
      validation: { total: 13, valid: 7, invalid: 2, duplicates: 4 },
    },
    publish_stats: { overall: { malware: 4, ads_trackers: 2, total: 6 }, by_source: { m: 4, a: 2, none: 0, f: 0 } },
    failures: [{ source: "f", error: "FetchError", message: "gone" }],
  });
});
