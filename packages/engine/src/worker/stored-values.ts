import { createHash } from "node:crypto";
import {
  blobReference,
  decodeValue,
  encodeValue,
  findBlobKey,
  lengthOf,
  MillraceError,
  type BlobStore,
  type Body,
  type StoredValue,
} from "@millrace/core";
import { fileSafe } from "../logs/log-folder.ts";

/** Whose value it is; large values lie in a folder of their run. */
export interface ValueOwner {
  readonly runId: number;
  readonly taskId: string;
  readonly mapIndex: number;
}

/** What values are stored with. */
export interface ValueLimits {
  readonly inlineBytes: number;
  readonly maxResultBytes: number;
  readonly blobs: BlobStore;
}

/**
 * The value as it is stored: inline, or as a reference into the blob store when it is large.
 *
 * @throws MillraceError NOT_STORABLE naming the path of what cannot be stored, TOO_LARGE above the limit.
 */
export async function storeValue(
  value: unknown,
  place: { readonly name: string; readonly owner: ValueOwner; readonly limits: ValueLimits },
): Promise<StoredValue> {
  const encoded = encodeValue(value, { name: place.name });
  const { inlineBytes, maxResultBytes, blobs } = place.limits;
  const chars = encoded.json.length + (encoded.meta?.length ?? 0);
  // A character has at most three bytes: most values are decided without counting them.
  if (chars * 3 <= inlineBytes) return encoded;
  const bytes = Buffer.byteLength(encoded.json) + Buffer.byteLength(encoded.meta ?? "");
  if (bytes <= inlineBytes) return encoded;
  if (bytes > maxResultBytes) {
    throw new MillraceError(
      "TOO_LARGE",
      `${place.name} has ${bytes} bytes, more than the ${maxResultBytes} that a value may have; store it outside and return where it is`,
      { details: { bytes, maxResultBytes } },
    );
  }
  const text = JSON.stringify(encoded);
  const { runId, taskId, mapIndex } = place.owner;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 32);
  const key = `${blobFolderOf({ runId, taskId })}${mapIndex < 0 ? "" : `${mapIndex}-`}${hash}.json`;
  await blobs.put(key, text);
  return blobReference(key, bytes);
}

/** What the keys of all large values of a task in a run begin with. */
export function blobFolderOf({ runId, taskId }: Pick<ValueOwner, "runId" | "taskId">): string {
  return `runs/${runId}/${fileSafe(taskId)}/`;
}

/** The value behind what is stored, fetched from the blob store when it lies there. */
export async function readStored(value: StoredValue, blobs: BlobStore): Promise<unknown> {
  const key = findBlobKey(value);
  return decodeValue(key === undefined ? value : (JSON.parse(await blobs.get(key)) as StoredValue));
}

/**
 * Elements of what is mapped over of a task: its result, a part of it, or what it pushed.
 *
 * @throws MillraceError BAD_ARGUMENT when something maps over it and it is no list, TOO_LARGE when it is too long a one.
 */
export function mappedLengthOf(
  result: unknown,
  { mappedOver }: Pick<Body, "mappedOver">,
  { pushed, maxMapLength }: { readonly pushed: ReadonlyMap<string, unknown>; readonly maxMapLength: number },
): number | undefined {
  const whole = mappedOver?.key === undefined ? result : pushed.get(mappedOver.key);
  const value = valueAt(whole, mappedOver?.path ?? []);
  const length = typeof value === "object" && value !== null ? lengthOf(value) : undefined;
  if (mappedOver === undefined) return length;
  const { by, key, path } = mappedOver;
  const what = [key === undefined ? "this result" : `the XCom ${key}`, ...path].join(".");
  if (length === undefined)
    throw new MillraceError(
      "BAD_ARGUMENT",
      `${by} maps over ${what}, which is ${value === null || value === undefined ? String(value) : `a ${typeof value}`}: make it a list, a set, a map or an object`,
    );
  if (length > maxMapLength)
    throw new MillraceError(
      "TOO_LARGE",
      `${by} maps over ${what}, which has ${length} elements, more than the ${maxMapLength} that can be mapped over (core.maxMapLength): put several into one element`,
    );
  return length;
}

/** The value at a path; `undefined` where there is none. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], value);
}
