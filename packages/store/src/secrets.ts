import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { MillraceError } from "@millrace/core";

const CIPHER = "aes-256-gcm";
const FORMAT = "v1";
const IV_BYTES = 12;
const KEY_BYTES = 32;
const TAG_BYTES = 16;

/** Seals values at rest. The place is bound to the value: a sealed text copied to another row does not open. */
export interface Sealer {
  /** @throws MillraceError BAD_CONFIG without a key. */
  seal(plain: string, place: string): string;
  /** @throws MillraceError BAD_CONFIG when no key fits. */
  open(sealed: string, place: string): string;
  /** How everything begins that the present key has sealed. @throws MillraceError BAD_CONFIG without a key. */
  presentStart(): string;
}

/**
 * AES-256-GCM with rotating keys: the first seals, every one opens.
 *
 * @param given 32 bytes each, or what tells them as they are at the moment; none is fine until something has to be sealed.
 */
export function makeSealer(given: readonly Uint8Array[] | (() => readonly Uint8Array[])): Sealer {
  const keysNow = typeof given === "function" ? given : () => given;
  let known: readonly Uint8Array[] | undefined;
  let byId: ReadonlyMap<string, Uint8Array> = new Map();
  const read = (): readonly Uint8Array[] => {
    const keys = keysNow();
    if (keys === known) return keys;
    for (const key of keys)
      if (key.length !== KEY_BYTES)
        throw new MillraceError("BAD_CONFIG", `a secret key must have ${KEY_BYTES} bytes, not ${key.length}.`);
    byId = new Map(keys.map((key) => [idOf(key), key]));
    known = keys;
    return keys;
  };
  const sealing = (what: string): Uint8Array => {
    const [key] = read();
    if (key === undefined) throw noKey(`${what}: there is no secret key`);
    return key;
  };
  read();
  return {
    presentStart: () => `${FORMAT}.${idOf(sealing("nothing can be sealed"))}.`,
    seal(plain, place) {
      const key = sealing(`${place} cannot be stored`);
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return [FORMAT, idOf(key), ...[iv, cipher.getAuthTag(), body].map((part) => part.toString("base64url"))].join(
        ".",
      );
    },
    open(sealed, place) {
      const [format, keyId, ...parts] = sealed.split(".");
      // Another process may have put a new key into the file and sealed with it.
      if (!byId.has(keyId ?? "")) read();
      const key = byId.get(keyId ?? "");
      if (format !== FORMAT || key === undefined)
        throw noKey(`${place} cannot be read: it was sealed with the key ${keyId ?? "?"}, which is not configured`);
      const [iv, tag, body] = parts.map((part) => Buffer.from(part, "base64url"));
      try {
        const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(place))
          .setAuthTag(tag);
        return decipher.update(body, undefined, "utf8") + decipher.final("utf8");
      } catch (cause) {
        throw new MillraceError("BAD_CONFIG", `${place} cannot be read: the stored value was altered or moved.`, {
          cause,
        });
      }
    },
  };
}

function idOf(key: Uint8Array): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 8);
}

function noKey(what: string): MillraceError {
  return new MillraceError(
    "BAD_CONFIG",
    `${what}. Put the key into secret.key of the data folder, or into security.secretKeys.`,
  );
}
