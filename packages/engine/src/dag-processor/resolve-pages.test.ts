import type { FoundFile, FoundPage } from "@millrace/core";
import { expect, test } from "vitest";
import { resolvePages } from "./resolve-pages.ts";

function aPage(pageId: string): FoundPage {
  return {
    pageId,
    title: pageId,
    dagIds: [],
    refreshSeconds: 60,
    timeLimitMs: 10_000,
    connections: [],
    variables: [],
    params: {},
    bundleHash: "b",
  };
}

const aFile = (file: string, ...pages: readonly FoundPage[]): FoundFile => ({ file, dags: [], pages, errors: [] });

test("the first file keeps a page that two declare, and the other gets an import error that names both", () => {
  const [first, second] = resolvePages([aFile("/a", aPage("x")), aFile("/b", aPage("x"), aPage("y"))]);
  expect(first.errors).toEqual([]);
  expect(second.pages?.map(({ pageId }) => pageId)).toEqual(["y"]);
  expect(second.errors).toEqual([
    {
      file: "/b",
      message: "page x is declared in /a, which comes first, and in /b: give one of them another id",
    },
  ]);
});

test("a page that is declared twice in a file is told so", () => {
  const [only] = resolvePages([aFile("/a", aPage("x"), aPage("x"))]);
  expect(only.pages).toHaveLength(1);
  expect(only.errors[0].message).toContain("twice in this file");
});

test("files without pages pass as they are", () => {
  const file: FoundFile = { file: "/a", dags: [], errors: [] };
  expect(resolvePages([file])[0]).toBe(file);
});
