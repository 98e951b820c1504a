// The page about what keeps a task, played as its reader would.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pageBlocks } from "../harness/page-blocks.ts";
import { pagePlayer, type PagePlayer } from "../harness/play-page.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/how-to/why-is-it-not-running.md"), "utf8");
const sections = Map.groupBy(pageBlocks(PAGE), ({ section }) => section);

let player: PagePlayer;
let isBroken = false;
beforeAll(async () => {
  player = await pagePlayer();
});
afterAll(() => player[Symbol.asyncDispose]());

test.each([...sections.keys()])(
  "the page's section %s shows what the commands print",
  async (section) => {
    expect(isBroken, "a section before this one failed").toBe(false);
    isBroken = true;
    for (const block of sections.get(section) ?? []) await player.play(block);
    isBroken = false;
  },
  120_000,
);
