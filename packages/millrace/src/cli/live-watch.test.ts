import { expect, test } from "vitest";
import { createLiveWatch } from "./live-watch.ts";

test("who waits is told once when Millrace is gone and once when it is back, and little is asked", async () => {
  let isLive = true;
  let asked = 0;
  let nowMs = 0;
  const said: string[] = [];
  const terminal = { program: "npx millrace", say: (line: string) => void said.push(line) };
  const findIsLive = async (): Promise<boolean> => {
    asked += 1;
    return isLive;
  };
  const look = createLiveWatch(terminal, { isLive, findIsLive }, () => nowMs);
  const lookFor = async (seconds: number): Promise<void> => {
    for (let step = 0; step < seconds * 10; step += 1) {
      nowMs += 100;
      await look();
    }
  };
  await lookFor(9);
  expect({ asked, said }).toEqual({ asked: 3, said: [] });
  isLive = false;
  await lookFor(9);
  expect(said).toEqual(["No Millrace runs on this database any more: it goes on with the next `npx millrace start`."]);
  isLive = true;
  await lookFor(9);
  expect(said.slice(1)).toEqual(["A Millrace runs on this database again."]);
});
