import { expect, test } from "vitest";
import { parseBenchArguments } from "./options.ts";
import { FULL, QUICK } from "./scale.ts";

const NAMES = ["sequence", "throughput"];
const parse = (...args: readonly string[]): ReturnType<typeof parseBenchArguments> => parseBenchArguments(args, NAMES);

test("without options everything is measured in full, without peers", () => {
  expect(parse()).toEqual({ isQuick: false, scale: FULL, withPeers: false });
});

test("options of sizes change what --quick or the full bench would take", () => {
  expect(parse("--quick", "--history", "1 000 000").scale).toEqual({ ...QUICK, history: 1_000_000 });
  expect(parse("--snapshot-seconds", "600").scale).toEqual({ ...FULL, snapshotSeconds: 600 });
  expect(parse("--history", "0").scale.history).toBe(0);
});

test("--only takes names with commas between", () => {
  expect(parse("--only", "throughput,sequence").only).toEqual(["throughput", "sequence"]);
});

test("--help and --list only show something", () => {
  expect(parse("--help").show).toBe("help");
  expect(parse("--list").show).toBe("list");
});

test.each([
  [["--only", "seqence"], "there is no workload seqence; there are sequence, throughput"],
  [["--only", ""], "--only needs names"],
  [["--history", "many"], '--history must be a whole number of at least 0, not "many"'],
  [["--history", ""], '--history must be a whole number of at least 0, not ""'],
  [["--history", "-1"], "--history"],
  [["--snapshot-seconds", "0"], '--snapshot-seconds must be a whole number of at least 1, not "0"'],
  [["--profile", "folder"], "--profile needs --only with one workload"],
  [["--profile", "folder", "--only", "sequence,throughput"], "--profile needs --only with one workload"],
  [["--fast"], "Unknown option '--fast'"],
  [["sequence"], "Unexpected argument 'sequence'"],
])("%j is refused and the message says what is wrong", (args, message) => {
  expect(() => parse(...args)).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }));
  expect(() => parse(...args)).toThrow(message);
});
