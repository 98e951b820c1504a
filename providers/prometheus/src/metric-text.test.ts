import { expect, test } from "vitest";
import { metricText } from "./metric-text.ts";

test("metrics have a help and a type, and samples the labels of the push and their own", async () => {
  const text = await metricText(
    [
      { name: "up", value: 1 },
      {
        name: "seen_total",
        type: "counter",
        help: "Seen.",
        samples: [{ value: 2, labels: { source: "a", zone: "x" } }],
      },
    ],
    { zone: "z" },
  );
  expect(text).toContain('# HELP up up\n# TYPE up gauge\nup{zone="z"} 1\n');
  expect(text).toContain('# HELP seen_total Seen.\n# TYPE seen_total counter\nseen_total{zone="x",source="a"} 2\n');
});

test.each([
  [{ name: "a-b", value: 1 }, /"a-b" cannot be pushed/],
  [{ name: "a", samples: [{ value: 1, labels: { "b-c": "1" } }] }, /"a" cannot be pushed/],
  [{ name: "a" }, /either value or samples/],
  [{ name: "a", value: 1, samples: [] }, /either value or samples/],
  [{ name: "a", samples: [{ value: 1 }, { value: 2 }] }, /two samples/],
  [{ name: "a_total", type: "counter" as const, value: -1 }, /cannot be pushed/],
])("%j is refused", async (metric, message) => {
  await expect(metricText([metric])).rejects.toThrow(message);
});

test("two metrics of one name are refused", async () => {
  await expect(
    metricText([
      { name: "a", value: 1 },
      { name: "a", value: 2 },
    ]),
  ).rejects.toThrow(/"a" cannot be pushed/);
});
