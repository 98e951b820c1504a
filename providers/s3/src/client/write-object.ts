import type { Readable } from "node:stream";
import { Upload } from "@aws-sdk/lib-storage";
import { urlOf, type ObjectAddress } from "../object-address.ts";
import type { WriteOptions, WrittenObject } from "../s3.ts";
import type { Requests } from "./requests.ts";

const PART_BYTES = 8 * 1_048_576;
const PARTS_AT_ONCE = 2;

/** Writes an object, in parts when it is larger than one; parts of what fails are taken away again. */
export async function writeObject(
  { client, signal, ask }: Requests,
  {
    address,
    body,
    contentType,
    metadata,
    checksum,
  }: WriteOptions & { readonly address: ObjectAddress; readonly body: Readable | string | Uint8Array },
): Promise<WrittenObject> {
  signal?.throwIfAborted();
  const ending = new AbortController();
  const onAbort = (): void => ending.abort();
  signal?.addEventListener("abort", onAbort, { once: true });
  let sizeBytes = typeof body === "string" ? Buffer.byteLength(body) : body instanceof Uint8Array ? body.length : 0;
  try {
    const written = await ask(`to write ${urlOf(address)}`, async () => {
      const upload = new Upload({
        client,
        abortController: ending,
        partSize: PART_BYTES,
        queueSize: PARTS_AT_ONCE,
        params: {
          Bucket: address.bucket,
          Key: address.key,
          Body: body,
          ...(contentType !== undefined && { ContentType: contentType }),
          ...(metadata !== undefined && { Metadata: { ...metadata } }),
          ...(checksum !== undefined && { ChecksumAlgorithm: checksum === "crc32" ? "CRC32" : "SHA256" }),
        },
      });
      upload.on("httpUploadProgress", ({ loaded = 0 }) => (sizeBytes = Math.max(sizeBytes, loaded)));
      return await upload.done();
    });
    return {
      ...address,
      url: urlOf(address),
      sizeBytes,
      etag: written.ETag ?? "",
      ...(written.VersionId !== undefined && { versionId: written.VersionId }),
    };
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
