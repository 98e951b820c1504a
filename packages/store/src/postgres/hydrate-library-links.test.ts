import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hydrateLibraryLinks } from "./hydrate-library-links.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mr-links-"));
  await mkdir(join(root, "native", "lib"), { recursive: true });
  await writeFile(join(root, "native", "lib", "libx.so.5.18"), "library");
  const links = [{ source: "native/lib/libx.so.5.18", target: "native/lib/libx.so.5" }];
  await writeFile(join(root, "native", "pg-symlinks.json"), JSON.stringify(links));
});

afterEach(() => rm(root, { recursive: true, force: true }));

test("missing links are made where the programs look, also by several processes at once", async () => {
  const hydrate = (): Promise<unknown> =>
    hydrateLibraryLinks({ native: join(root, "native"), linkFolder: join(root, "links") });
  expect(await Promise.all([hydrate(), hydrate(), hydrate()])).toEqual([{}, {}, {}]);
  expect(await readFile(join(root, "native", "lib", "libx.so.5"), "utf8")).toBe("library");
});

test("a package without a list of links needs none", async () => {
  await rm(join(root, "native", "pg-symlinks.json"));
  expect(await hydrateLibraryLinks({ native: join(root, "native"), linkFolder: join(root, "links") })).toEqual({});
});

test("in a package that cannot be written the links go elsewhere and the programs are told where", async () => {
  const refused = Object.assign(new Error("read-only file system"), { code: "EROFS" });
  const linkFolder = join(root, "links");
  const env = await hydrateLibraryLinks({
    native: join(root, "native"),
    linkFolder,
    makeLink: async (source, target) => {
      if (target.startsWith(join(root, "native"))) throw refused;
      const { symlink } = await import("node:fs/promises");
      await symlink(source, target);
    },
  });
  expect(Object.values(env)).toEqual([linkFolder]);
  expect(await readFile(join(linkFolder, "libx.so.5"), "utf8")).toBe("library");
});
