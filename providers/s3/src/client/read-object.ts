import { GetObjectCommand, type GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { MillraceError } from "@millrace/core";
import { urlOf, type ObjectAddress } from "../object-address.ts";
import type { Requests } from "./requests.ts";

/** Cuts in a row, without a byte between them, after which reading fails. */
const MOST_CUTS = 3;

/** The bytes of an object; after a cut they go on where they were, as long as it is still the same object. */
export async function* readObject(requests: Requests, address: ObjectAddress): AsyncGenerator<Uint8Array> {
  const what = `to read ${urlOf(address)}`;
  const first = await ask(requests, address, {});
  const sizeBytes = first.ContentLength;
  let [readBytes, cuts] = [0, 0];
  let answer = first;
  for (;;) {
    let failure: unknown;
    try {
      for await (const chunk of (answer.Body ?? []) as AsyncIterable<Uint8Array>) {
        readBytes += chunk.length;
        cuts = 0;
        yield chunk;
      }
    } catch (error) {
      failure = error;
    }
    requests.signal?.throwIfAborted();
    if (failure === undefined && (sizeBytes === undefined || readBytes === sizeBytes)) return;
    cuts++;
    if (cuts >= MOST_CUTS) {
      const reason =
        failure ??
        new MillraceError(
          "UNREACHABLE",
          `${urlOf(address)} was cut at ${readBytes} of ${sizeBytes} bytes, ${cuts} times`,
        );
      await requests.ask(what, () => Promise.reject(reason as Error));
    }
    answer = await ask(requests, address, {
      Range: `bytes=${readBytes}-`,
      ...(first.ETag !== undefined && { IfMatch: first.ETag }),
    });
  }
}

async function ask(
  { client, ask: send }: Requests,
  { bucket, key }: ObjectAddress,
  more: { readonly Range?: string; readonly IfMatch?: string },
): Promise<GetObjectCommandOutput> {
  return await send(`to read ${urlOf({ bucket, key })}`, (sending) =>
    client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...more }), sending),
  );
}
