import type { ParseRequests } from "@millrace/core";
import { expect, test } from "vitest";
import { serveParseRequests } from "./serve-parse-requests.ts";

const LOG = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Wishes in memory. */
class Wishes implements ParseRequests {
  readonly files = new Set<string>();
  readonly log: string[] = [];
  wake: () => void = () => undefined;
  failOnce = false;

  ask = async (file: string): Promise<boolean> => {
    this.files.add(file);
    this.wake();
    return true;
  };
  open = async (): Promise<readonly string[]> => {
    if (this.failOnce) {
      this.failOnce = false;
      throw new Error("no database");
    }
    return [...this.files];
  };
  done = async (files: readonly string[]): Promise<void> => {
    this.log.push(`done ${files.join()}`);
    for (const file of files) this.files.delete(file);
    this.#settled();
  };
  leave = async (): Promise<void> => void this.log.push("left");
  listen = async (wake: () => void): Promise<() => Promise<void>> => {
    this.wake = wake;
    return async () => void this.log.push("deaf");
  };
  lastHeartbeat = async (): Promise<undefined> => undefined;

  #settled: () => void = () => undefined;
  next(): Promise<void> {
    return new Promise((resolve) => (this.#settled = resolve));
  }
}

test("files that are here are read again, once for all wishes meanwhile; others are left alone", async () => {
  const wishes = new Wishes();
  await wishes.ask("here");
  await wishes.ask("elsewhere");
  const rereads: string[][] = [];
  const first = wishes.next();
  const stop = await serveParseRequests({
    requests: wishes,
    log: LOG,
    reread: async (files) => {
      rereads.push([...files]);
      return [...files].filter((file) => file === "here");
    },
  });
  await first;
  expect(rereads).toEqual([["here", "elsewhere"]]);
  expect([...wishes.files]).toEqual(["elsewhere"]);
  const second = wishes.next();
  await wishes.ask("here");
  await second;
  await stop();
  expect(wishes.log).toEqual(["done here", "done here", "deaf", "left"]);
});

test("a look that fails leaves the wishes for the next one", async () => {
  const wishes = new Wishes();
  wishes.failOnce = true;
  await wishes.ask("here");
  const stop = await serveParseRequests({ requests: wishes, log: LOG, reread: async (files) => [...files] });
  const done = wishes.next();
  wishes.wake();
  await done;
  expect([...wishes.files]).toEqual([]);
  await stop();
});
