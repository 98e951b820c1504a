import { DeleteObjectsCommand } from "@aws-sdk/client-s3";
import { MillraceError } from "@millrace/core";
import type { Requests } from "./requests.ts";

/** Most keys that S3 takes in one request. */
const MOST_KEYS = 1_000;

/** Deletes objects, a thousand a request. @throws MillraceError TASK_FAILED that names the first ones that could not be */
export async function deleteObjects({ client, ask }: Requests, bucket: string, keys: readonly string[]): Promise<void> {
  for (let at = 0; at < keys.length; at += MOST_KEYS) {
    const Objects = keys.slice(at, at + MOST_KEYS).map((Key) => ({ Key }));
    const { Errors = [] } = await ask(`to delete ${Objects.length} objects of s3://${bucket}`, (sending) =>
      client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }), sending),
    );
    const [first] = Errors;
    if (first === undefined) continue;
    throw new MillraceError(
      "TASK_FAILED",
      `${Errors.length} objects of s3://${bucket} could not be deleted, the first is ${first.Key}: ${first.Code} ${first.Message ?? ""}`,
    );
  }
}
