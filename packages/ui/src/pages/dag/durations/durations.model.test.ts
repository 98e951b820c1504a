import { expect, test } from "vitest";
import { durationSeries } from "./durations.model.ts";

const run = (day: number, more: object = {}) => ({
  runKey: `r${day}`,
  state: "success" as const,
  logicalDate: new Date(day * 86_400_000).toISOString(),
  ...more,
});

test("runs stand oldest first; those that go on are left out", () => {
  const { runs, times } = durationSeries([run(3), run(2, { runSeconds: 5 }), run(1, { runSeconds: 7 })]);
  expect(runs.map(({ runKey }) => runKey)).toEqual(["r1", "r2"]);
  expect(times).toEqual([86_400, 172_800]);
});

test("what is not known is a gap", () => {
  const { landing } = durationSeries([run(2, { runSeconds: 5 }), run(1, { runSeconds: 7, landingSeconds: 60 })]);
  expect(landing).toEqual([60, null]);
});

test("runs of one logical date keep their order", () => {
  const { times } = durationSeries([run(1, { runSeconds: 1 }), run(1, { runSeconds: 2 })]);
  expect(times).toEqual([86_400, 86_400.001]);
});
