// R2, R4. The answer to a commit is lost: whether it happened is read from the rows, and what was decided happens exactly once.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPool } from "@millrace/store";
import { testDatabase } from "@millrace/store/testing";
import { expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { SHAPES } from "./support-dags.ts";
import { keepLog } from "./support-log.ts";
import { makeNotes, repeated } from "./support-notes.ts";
import { startProxy, type Cut } from "./support-proxy.ts";
import { countedTwice, earlierTries, readFinalRuns, triesWithoutCause, type FinalRun } from "./support-rows.ts";

const RUNS = 8;

interface Played {
  readonly runs: readonly FinalRun[];
  readonly cuts: Readonly<Record<Cut, number>>;
  readonly notes: readonly string[];
  readonly log: readonly string[];
  readonly wrong: readonly string[];
  readonly earlier: readonly string[];
}

/** Runs {@link SHAPES} several times, over connections that are cut as `decide` says. */
async function play(decide: (commit: number) => Cut | undefined, readDelayMs = 0): Promise<Played> {
  await using database = await testDatabase();
  await using proxy = await startProxy(database.url);
  const folder = await mkdtemp(join(tmpdir(), "millrace-cut-"));
  const notes = await makeNotes(folder);
  const log = keepLog();
  try {
    await using engine = await startEngine({
      url: proxy.url,
      dataFolder: folder,
      log,
      executor: { environment: notes.environment },
    });
    await engine.deploy(SHAPES);
    proxy.decide = decide;
    proxy.readDelayMs = readDelayMs;
    const keys = Array.from({ length: RUNS }, (_, i) => `r${i}`);
    await Promise.all(keys.map((key) => finish(engine, key)));
    proxy.decide = () => undefined;
    await using pool = await openPool({ url: database.url, max: 2 });
    return {
      runs: await readFinalRuns(pool),
      cuts: proxy.cuts,
      notes: await notes.read(),
      log: log.lines,
      wrong: [...(await countedTwice(pool)), ...(await triesWithoutCause(pool))],
      earlier: await earlierTries(pool),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function finish(engine: EngineHarness, runKey: string): Promise<void> {
  const { runId } = await engine.trigger("shapes", { runKey });
  await engine.ended(runId);
}

let undisturbed: Promise<Played> | undefined;

/** All that is compared with is played once; anew when it failed. */
function playUndisturbed(): Promise<Played> {
  undisturbed ??= play(() => undefined).catch((error: unknown) => {
    undisturbed = undefined;
    throw error;
  });
  return undisturbed;
}

/** Enough connections were cut, and all ended as without: nothing was started twice, and no try was lost. */
async function expectUndisturbed({ runs, cuts, notes, wrong, earlier }: Played, cut: Cut): Promise<void> {
  const plain = await playUndisturbed();
  expect(cuts[cut]).toBeGreaterThan(10);
  expect(wrong).toEqual([]);
  expect(runs).toEqual(plain.runs);
  expect(repeated(notes)).toEqual([]);
  expect(earlier).toEqual(plain.earlier);
}

test("connections that are cut after the commit, before its answer: it is recognised as done", async () => {
  const played = await play((commit) => (commit % 3 === 0 ? "afterAnswer" : undefined));
  await expectUndisturbed(played, "afterAnswer");
  expect(played.log.filter((line) => line.startsWith("warn commit waits for the database")).length).toBeGreaterThan(10);
});

test("connections that are cut as soon as the commit is sent: it is done or repeated, never both", async () => {
  const played = await play((commit) => (commit % 3 === 0 ? "onceSent" : undefined));
  await expectUndisturbed(played, "onceSent");
});

test("commits whose answers are lost while inputs are slow to be read: nothing that has ended is started again", async () => {
  const played = await play((commit) => (commit % 3 === 0 ? "afterAnswer" : undefined), 30);
  await expectUndisturbed(played, "afterAnswer");
});
