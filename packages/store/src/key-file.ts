import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MillraceError } from "@millrace/core";

const FILE = "secret.key";
const KEY_BYTES = 32;

/** Where the keys for values at rest are. */
export interface KeyPlaces {
  /** Has `secret.key`: one key per line in base64, the newest first. */
  readonly dataFolder?: string;
  /** Keys in base64 that come before those of the file. */
  readonly secretKeys?: readonly string[];
}

/** The keys as they are at the moment, the sealing one first. A file that was changed is read again. @throws MillraceError BAD_CONFIG */
export type KeyRing = () => readonly Uint8Array[];

/**
 * Opens the keys. Without any, `secret.key` is made with a random one, mode 0600. Without its key a sealed value cannot be read again: it belongs into a
 * backup, apart from that of the database.
 *
 * @throws MillraceError BAD_CONFIG when a key is none
 */
export async function openKeyRing({ dataFolder, secretKeys = [] }: KeyPlaces): Promise<KeyRing> {
  const given = secretKeys.map((text) => readKey(text, "security.secretKeys must hold keys"));
  if (dataFolder === undefined) return () => given;
  const path = join(dataFolder, FILE);
  if (given.length === 0) await makeKeyFile(dataFolder, path);
  let seen: { readonly stamp: string; readonly keys: readonly Uint8Array[] } | undefined;
  const ring: KeyRing = () => {
    const stamp = stampOf(path);
    if (stamp !== seen?.stamp) seen = { stamp, keys: [...given, ...(stamp === "" ? [] : readKeys(path))] };
    return seen.keys;
  };
  ring();
  return ring;
}

/**
 * Puts a new random key first into `secret.key`: it seals from then on, in every process that has the file.
 *
 * @throws MillraceError BAD_CONFIG when the file holds something else
 */
export async function addKey(dataFolder: string): Promise<void> {
  const path = join(dataFolder, FILE);
  const before = await readIfThere(path);
  if (before !== undefined) readKeys(path);
  await replaceFile(path, `${randomBytes(KEY_BYTES).toString("base64")}\n${before ?? ""}`);
}

/** Leaves only the first key in `secret.key`. @returns how many went. @throws MillraceError BAD_CONFIG when the file holds something else */
export async function dropOldKeys(dataFolder: string): Promise<number> {
  const path = join(dataFolder, FILE);
  const [first, ...old] = readKeys(path);
  if (first !== undefined && old.length > 0) await replaceFile(path, `${Buffer.from(first).toString("base64")}\n`);
  return old.length;
}

function readKeys(path: string): readonly Uint8Array[] {
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const keys = lines.map((line) => readKey(line, `${path} must hold one key per line`));
  if (keys.length === 0)
    throw new MillraceError("BAD_CONFIG", `${path} must hold one key per line. Restore it from a backup.`);
  return keys;
}

function readKey(text: string, sentence: string): Uint8Array {
  const key = Buffer.from(text.trim(), "base64");
  if (key.length === KEY_BYTES) return key;
  throw new MillraceError("BAD_CONFIG", `${sentence} of ${KEY_BYTES} bytes in base64. Restore it from a backup.`);
}

/** Changes with the file; empty without one. */
function stampOf(path: string): string {
  const facts = statSync(path, { bigint: true, throwIfNoEntry: false });
  return facts === undefined ? "" : `${facts.ino}:${facts.mtimeNs}:${facts.size}`;
}

async function makeKeyFile(dataFolder: string, path: string): Promise<void> {
  if (stampOf(path) !== "") return;
  await mkdir(dataFolder, { recursive: true });
  const draft = await writeDraft(path, `${randomBytes(KEY_BYTES).toString("base64")}\n`);
  try {
    // Two processes may start at once: only one link can be made, and both read that one.
    await link(draft, path).catch((error: unknown) => {
      if ((error as { code?: string }).code !== "EEXIST") throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  await rename(await writeDraft(path, text), path);
}

async function writeDraft(path: string, text: string): Promise<string> {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, text, { mode: 0o600, flush: true });
  return draft;
}

async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch((error: unknown) => {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  });
}
