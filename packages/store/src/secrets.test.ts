import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readKeyFile } from "./key-file.ts";
import { makeSealer } from "./secrets.ts";

const [oldKey, newKey] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

describe("sealed values", () => {
  test("open to what was sealed and never show it", () => {
    const sealer = makeSealer([newKey]);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 4 }), (plain) => {
        const sealed = sealer.seal(plain, "here");
        expect(sealer.open(sealed, "here")).toBe(plain);
        expect(sealed).not.toContain(plain);
      }),
    );
    expect(sealer.seal("same", "here")).not.toBe(sealer.seal("same", "here"));
  });

  test("of an old key still open after a rotation, and are sealed by the new one", () => {
    const sealed = makeSealer([oldKey]).seal("x", "here");
    const rotated = makeSealer([newKey, oldKey]);
    expect(rotated.open(sealed, "here")).toBe("x");
    expect(makeSealer([newKey]).open(rotated.seal("y", "here"), "here")).toBe("y");
    expect(() => makeSealer([newKey]).open(sealed, "here")).toThrow("not configured");
  });

  test("do not open in another place, nor when altered", () => {
    const sealer = makeSealer([newKey]);
    const sealed = sealer.seal("x", "here");
    expect(() => sealer.open(sealed, "there")).toThrow("altered or moved");
    const parts = sealed.split(".");
    expect(() => sealer.open([...parts.slice(0, 4), Buffer.from("z").toString("base64url")].join("."), "here")).toThrow(
      "altered or moved",
    );
  });

  test("need a key of 32 bytes", () => {
    expect(() => makeSealer([Buffer.alloc(16)])).toThrow("32 bytes");
    expect(() => makeSealer([]).seal("x", "here")).toThrow("there is no secret key");
  });
});

describe("the key file", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "key-file-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("is made once, private, and the same for all that start at once", async () => {
    const keys = await Promise.all([readKeyFile(folder), readKeyFile(folder), readKeyFile(folder)]);
    expect(keys[1]).toEqual(keys[0]);
    expect(keys[2]).toEqual(keys[0]);
    expect(keys[0]?.[0]).toHaveLength(32);
    expect((await stat(join(folder, "secret.key"))).mode & 0o777).toBe(0o600);
  });

  test("holds several keys, the newest first; anything else is refused and kept", async () => {
    const path = join(folder, "secret.key");
    await writeFile(path, `${newKey.toString("base64")}\n${oldKey.toString("base64")}\n`);
    expect(await readKeyFile(folder)).toEqual([newKey, oldKey]);
    await writeFile(path, "not a key\n");
    await expect(readKeyFile(folder)).rejects.toMatchObject({ code: "BAD_CONFIG" });
    expect(await readFile(path, "utf8")).toBe("not a key\n");
  });
});
