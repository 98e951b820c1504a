import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { formatInstant } from "@millrace/core";
import { urlOf, type ObjectAddress } from "../object-address.ts";
import type { S3Settings } from "../s3-settings.ts";
import type { PresignOptions, S3, S3Object, WrittenObject } from "../s3.ts";
import { deleteObjects } from "./delete-objects.ts";
import { readObject } from "./read-object.ts";
import { makeRequests, type Requests } from "./requests.ts";
import { writeObject } from "./write-object.ts";

/** The client behind `openS3`. */
export function makeS3(
  settings: S3Settings,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): S3 {
  const requests = makeRequests(settings, options);
  const { client, ask } = requests;
  const checkBucket = async (bucket: string): Promise<void> => {
    await ask(`for the bucket ${bucket}`, (sending) => client.send(new HeadBucketCommand({ Bucket: bucket }), sending));
  };
  return {
    ...(settings.bucket !== undefined && { bucket: settings.bucket }),
    listBuckets: async () => {
      const { Buckets = [] } = await ask("for the list of buckets", (sending) =>
        client.send(new ListBucketsCommand(), sending),
      );
      return Buckets.map(({ Name = "" }) => Name);
    },
    checkBucket,
    list: (bucket, prefix) => listObjects(requests, bucket, prefix),
    find: (address) => findObject(requests, address, checkBucket),
    write: (address, body, more = {}) => writeObject(requests, { address, body, ...more }),
    read: (address) => readObject(requests, address),
    copy: (from, to) => copyObject(requests, from, to),
    delete: (bucket, keys) => deleteObjects(requests, bucket, keys),
    presign: (address, more) => presign(requests, address, more),
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}

async function* listObjects({ client, ask }: Requests, bucket: string, prefix: string): AsyncGenerator<S3Object> {
  let token: string | undefined;
  do {
    const page = await ask(`to list s3://${bucket}/${prefix}`, (sending) =>
      client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }), sending),
    );
    for (const { Key = "", Size = 0, LastModified, ETag = "" } of page.Contents ?? [])
      yield { key: Key, sizeBytes: Size, modifiedAt: textOfDate(LastModified), etag: ETag };
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

async function findObject(
  { client, ask }: Requests,
  { bucket, key }: ObjectAddress,
  checkBucket: (bucket: string) => Promise<void>,
): Promise<S3Object | undefined> {
  const head = await ask(`for ${urlOf({ bucket, key })}`, async (sending) => {
    try {
      return await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), sending);
    } catch (error) {
      if (error instanceof Error && (error.name === "NotFound" || error.name === "NoSuchKey")) return undefined;
      throw error;
    }
  });
  if (head !== undefined)
    return {
      key,
      sizeBytes: head.ContentLength ?? 0,
      modifiedAt: textOfDate(head.LastModified),
      etag: head.ETag ?? "",
    };
  // The answer to HEAD has no body that would say which of the two is missing.
  await checkBucket(bucket);
  return undefined;
}

async function copyObject({ client, ask }: Requests, from: ObjectAddress, to: ObjectAddress): Promise<WrittenObject> {
  const source = [from.bucket, ...from.key.split("/")].map(encodeURIComponent).join("/");
  const copied = await ask(`to copy ${urlOf(from)} to ${urlOf(to)}`, async (sending) => {
    const { CopyObjectResult, VersionId } = await client.send(
      new CopyObjectCommand({ Bucket: to.bucket, Key: to.key, CopySource: source }),
      sending,
    );
    const { ContentLength = 0 } = await client.send(new HeadObjectCommand({ Bucket: to.bucket, Key: to.key }), sending);
    return { etag: CopyObjectResult?.ETag ?? "", sizeBytes: ContentLength, VersionId };
  });
  return {
    ...to,
    url: urlOf(to),
    sizeBytes: copied.sizeBytes,
    etag: copied.etag,
    ...(copied.VersionId !== undefined && { versionId: copied.VersionId }),
  };
}

async function presign(
  { client, ask }: Requests,
  { bucket, key }: ObjectAddress,
  { method, expiresSeconds, contentType }: PresignOptions,
): Promise<string> {
  const command =
    method === "get"
      ? new GetObjectCommand({ Bucket: bucket, Key: key })
      : new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          ...(contentType !== undefined && { ContentType: contentType }),
        });
  return await ask(`to sign ${urlOf({ bucket, key })}`, () =>
    getSignedUrl(client, command, { expiresIn: expiresSeconds }),
  );
}

function textOfDate(date: Date | undefined): string {
  return formatInstant((date?.getTime() ?? 0) * 1_000);
}
