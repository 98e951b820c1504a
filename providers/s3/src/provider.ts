import { provider as defineProvider } from "@millrace/core";
import { AWS_TYPE } from "./connection-type.ts";
import { s3Copy } from "./operators/s3-copy.ts";
import { s3Delete } from "./operators/s3-delete.ts";
import { s3Download } from "./operators/s3-download.ts";
import { s3List } from "./operators/s3-list.ts";
import { s3Presign } from "./operators/s3-presign.ts";
import { s3Upload } from "./operators/s3-upload.ts";
import { waitForObject } from "./operators/wait-for-object.ts";

/** Amazon S3 and servers that speak it. */
export const provider = defineProvider({
  id: "s3",
  title: "S3",
  doc: [
    "Objects of Amazon S3 and of servers that speak it (MinIO, Ceph and others): up, down, lists, copies, deletions, signed addresses, and a sensor. Tested with s3rver 3.7",
    "and moto 5. Servers with an address of their own are asked by path. The network rules of the configuration (`security.privateAddresses`) hold for trials of connections",
    "and for `ctx.fetch`, not for these operators.",
  ].join("\n"),
  connectionTypes: [AWS_TYPE],
  operators: { s3Upload, s3Download, s3List, s3Copy, s3Delete, s3Presign, waitForObject },
  parts: [
    {
      name: "openS3",
      kind: "hook",
      doc: [
        "A client with `list`, `find`, `read`, `write`, `copy`, `delete` and `presign`, for bodies and callbacks:",
        '`await using s3 = await openS3("lake", { ctx })`. Each request is made up to four times; a server that is silent for 30 s counts as failed.',
      ].join("\n"),
    },
  ],
});
