import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { MillraceError, Permanent } from "@millrace/core";
import type { S3Settings } from "./s3-settings.ts";
import type { RandomFile, StoredFile, TableStorage } from "./table-storage.ts";

/** Where a table is on S3. */
export interface S3Place {
  readonly bucket: string;
  /** Without `/` at either end. */
  readonly prefix: string;
}

const CONNECT_MS = 5_000;
/** Longest silence of the store; the SDK asks three times. */
const SILENCE_MS = 10_000;
const REFUSED = new Set([
  "AccessDenied",
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "ExpiredToken",
  "InvalidToken",
]);

/** A table on S3, or on a store that speaks it. The SDK repeats what fails on the way. */
export function s3Storage({ bucket, prefix }: S3Place, settings: S3Settings, signal?: AbortSignal): TableStorage {
  const client = new S3Client({
    region: settings.region,
    ...(settings.endpoint !== undefined && { endpoint: settings.endpoint, forcePathStyle: true }),
    ...(settings.credentials !== undefined && { credentials: settings.credentials }),
    // Without limits, a store that stands still would be waited for until the task's own limit.
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      requestTimeout: SILENCE_MS,
      throwOnRequestTimeout: true,
    },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const url = `s3://${bucket}/${prefix}`;
  const place: Place = {
    client,
    bucket,
    asked: `${url}${settings.endpoint === undefined ? "" : ` at ${settings.endpoint}`}`,
    keyOf: (name) => (prefix === "" ? name : `${prefix}/${name}`),
    sending: signal === undefined ? {} : { abortSignal: signal },
  };
  return {
    url,
    list: (folder, from) => listFiles(place, folder, from),
    find: (name) => findFile(place, name),
    open: (name) => openFile(place, name),
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}

interface Place {
  readonly client: S3Client;
  readonly bucket: string;
  readonly asked: string;
  readonly keyOf: (name: string) => string;
  readonly sending: { readonly abortSignal?: AbortSignal };
}

async function* listFiles(
  { client, bucket, asked, keyOf, sending }: Place,
  folder: string,
  from: string,
): AsyncGenerator<string> {
  const Prefix = keyOf(`${folder}/`);
  let token: string | undefined;
  do {
    const page = await client
      .send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix,
          Delimiter: "/",
          ...(token === undefined
            ? from !== "" && { StartAfter: justBefore(Prefix + from) }
            : { ContinuationToken: token }),
        }),
        sending,
      )
      .catch((error: unknown) => {
        throw storageError(asked, error);
      });
    for (const { Key } of page.Contents ?? []) {
      const name = Key?.slice(Prefix.length) ?? "";
      if (name !== "" && name >= from) yield name;
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

/** A key that sorts before `key` and after all that matters: listings leave out the key that they start after. */
function justBefore(key: string): string {
  return key.slice(0, -1);
}

async function findFile(
  { client, bucket, asked, keyOf, sending }: Place,
  name: string,
): Promise<StoredFile | undefined> {
  try {
    const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(name) }), sending);
    return {
      modifiedAtMs: answer.LastModified?.getTime() ?? 0,
      chunks: (answer.Body ?? []) as AsyncIterable<Uint8Array>,
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw storageError(asked, error);
  }
}

async function openFile({ client, bucket, asked, keyOf, sending }: Place, name: string): Promise<RandomFile> {
  const Key = keyOf(name);
  const fail = (error: unknown): never => {
    if (isMissing(error))
      throw new MillraceError(
        "NOT_FOUND",
        `the Delta log of ${asked} names the file ${name}, which is not there (vacuumed?)`,
      );
    throw storageError(asked, error);
  };
  const { ContentLength = 0 } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key }), sending).catch(fail);
  return {
    byteLength: ContentLength,
    slice: async (start, end = ContentLength) => {
      if (start === end) return new ArrayBuffer(0);
      const answer = await client
        .send(new GetObjectCommand({ Bucket: bucket, Key, Range: `bytes=${start}-${end - 1}` }), sending)
        .catch(fail);
      const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      return bytes.slice().buffer;
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && (error.name === "NoSuchKey" || error.name === "NotFound");
}

function storageError(asked: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.name === "AbortError") return error;
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  if (REFUSED.has(error.name) || status === 401 || status === 403)
    return new Permanent(
      `${asked} may not be read (${error.name}): check the access key of the connection and its rights`,
    );
  if (error.name === "NoSuchBucket") return new Permanent(`${asked} cannot be read: there is no such bucket`);
  if (error.name === "CredentialsProviderError")
    return new Permanent(
      `${asked} cannot be read: no access key. Name a connection of type aws by the option connection`,
    );
  if (error.name === "TimeoutError")
    return new MillraceError("TIMEOUT", `${asked} cannot be read: it was too slow (${error.message})`, {
      cause: error,
    });
  return new MillraceError("UNREACHABLE", `${asked} cannot be read: ${error.message || error.name}`, { cause: error });
}
