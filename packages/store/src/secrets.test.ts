import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addKey, dropOldKeys, openKeyRing } from "./key-file.ts";
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

  const readKeys = async (secretKeys: readonly string[] = []): Promise<readonly Uint8Array[]> =>
    (await openKeyRing({ dataFolder: folder, secretKeys }))();

  test("is made once, private, and the same for all that start at once", async () => {
    const keys = await Promise.all([readKeys(), readKeys(), readKeys()]);
    expect(keys[1]).toEqual(keys[0]);
    expect(keys[2]).toEqual(keys[0]);
    expect(keys[0]?.[0]).toHaveLength(32);
    expect((await stat(join(folder, "secret.key"))).mode & 0o777).toBe(0o600);
  });

  test("holds several keys, the newest first; anything else is refused and kept", async () => {
    const path = join(folder, "secret.key");
    await writeFile(path, `${newKey.toString("base64")}\n${oldKey.toString("base64")}\n`);
    expect(await readKeys()).toEqual([newKey, oldKey]);
    await writeFile(path, "not a key\n");
    await expect(readKeys()).rejects.toMatchObject({ code: "BAD_CONFIG" });
    await expect(addKey(folder)).rejects.toMatchObject({ code: "BAD_CONFIG" });
    expect(await readFile(path, "utf8")).toBe("not a key\n");
  });

  test("comes after the keys of the configuration, and is not made where there are any", async () => {
    expect(await readKeys([newKey.toString("base64")])).toEqual([newKey]);
    await expect(readFile(join(folder, "secret.key"))).rejects.toMatchObject({ code: "ENOENT" });
    await writeFile(join(folder, "secret.key"), `${oldKey.toString("base64")}\n`);
    expect(await readKeys([newKey.toString("base64")])).toEqual([newKey, oldKey]);
    await expect(readKeys(["c2hvcnQ="])).rejects.toThrow(/security.secretKeys must hold keys of 32 bytes in base64/);
  });

  test("may get a new key while it is in use, which seals from then on; old keys go when they are dropped", async () => {
    const ring = await openKeyRing({ dataFolder: folder });
    const [running, other] = [makeSealer(ring), makeSealer(await openKeyRing({ dataFolder: folder }))];
    const before = running.seal("a", "here");
    await addKey(folder);
    const after = other.seal("b", "here");
    expect(after.startsWith(other.presentStart())).toBe(true);
    expect(before.startsWith(other.presentStart())).toBe(false);
    expect([running.open(before, "here"), running.open(after, "here")]).toEqual(["a", "b"]);
    expect(await dropOldKeys(folder)).toBe(1);
    expect(running.seal("c", "here").startsWith(other.presentStart())).toBe(true);
    expect(() => running.open(before, "here")).toThrow("not configured");
    expect((await stat(join(folder, "secret.key"))).mode & 0o777).toBe(0o600);
  });
});
