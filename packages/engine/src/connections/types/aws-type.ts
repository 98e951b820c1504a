import { createHash, createHmac } from "node:crypto";
import {
  type Connection,
  connectionForm,
  formatInstant,
  type Micros,
  MillraceError,
  secretField,
  textField,
  textOf,
} from "@millrace/core";
import type { KnownType, Trial } from "../known-type.ts";

const REGION = "us-east-1";
const EMPTY_HASH = createHash("sha256").update("").digest("hex");

/** Amazon Web Services, and stores that speak S3. @param now for signatures, which are good for minutes */
export function awsType(now: () => Micros): KnownType {
  return {
    type: "aws",
    label: "Amazon Web Services and S3",
    aliases: ["s3", "minio"],
    form: connectionForm(
      {
        login: textField("Access key id"),
        password: secretField("Secret access key"),
        schema: textField("Bucket"),
        host: textField("Endpoint"),
      },
      {
        extra: {
          region_name: textField("Region", { default: REGION }),
          endpoint_url: textField("Address of a store that is not Amazon's", { format: "uri" }),
          aws_access_key_id: textField("Access key id"),
          aws_secret_access_key: secretField("Secret access key"),
          aws_session_token: secretField("Session token"),
        },
      },
    ),
    trial: (connection, tools) => tryS3(connection, tools, now()),
  };
}

/** Asks for the bucket where there is one, else for the list of buckets, signed. */
async function tryS3(connection: Connection, { network, signal }: Parameters<Trial>[1], at: Micros): Promise<string> {
  const { id, login, password, extra, schema, host } = connection;
  const key = textOf(login) ?? textOf(extra["aws_access_key_id"]);
  const secretKey = password?.reveal() ?? textOf(extra["aws_secret_access_key"]);
  if (key === undefined || secretKey === undefined)
    throw new MillraceError("BAD_ARGUMENT", `the connection ${id} has no access key to try`);
  const region = textOf(extra["region_name"]) ?? REGION;
  const endpoint = textOf(extra["endpoint_url"]) ?? textOf(host) ?? `https://s3.${region}.amazonaws.com`;
  const bucket = textOf(schema) ?? textOf(extra["bucket"]);
  const url = URL.parse(`${endpoint.replace(/\/+$/, "")}/${bucket === undefined ? "" : encodeURIComponent(bucket)}`);
  if (url === null) throw new MillraceError("BAD_ARGUMENT", `the connection ${id} has no endpoint that is an address`);
  const method = bucket === undefined ? "GET" : "HEAD";
  const token = textOf(extra["aws_session_token"]);
  const headers = sign({ method, url, region, key, secretKey, at, ...(token !== undefined && { token }) });
  const answer = await network.fetch(url, { method, headers, signal });
  const code = /<Code>([^<]{1,80})<\/Code>/.exec(method === "GET" && !answer.ok ? await answer.text() : "")?.[1];
  await answer.body?.cancel().catch(() => undefined);
  const what = bucket === undefined ? `the list of buckets at ${url.host}` : `the bucket ${bucket} at ${url.host}`;
  if (answer.ok) return `${what} can be read with the access key`;
  throw new MillraceError("UNREACHABLE", `${what} is refused: ${answer.status}${code === undefined ? "" : ` ${code}`}`);
}

interface Signing {
  readonly method: string;
  readonly url: URL;
  readonly region: string;
  readonly key: string;
  readonly secretKey: string;
  readonly token?: string;
  readonly at: Micros;
}

/** Signature Version 4 of a request for S3 without a body. */
function sign({ method, url, region, key, secretKey, token, at }: Signing): Record<string, string> {
  const stamp = `${formatInstant(at).slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
  const day = stamp.slice(0, 8);
  const signed: Record<string, string> = {
    host: url.host,
    "x-amz-content-sha256": EMPTY_HASH,
    "x-amz-date": stamp,
    ...(token !== undefined && { "x-amz-security-token": token }),
  };
  const names = Object.keys(signed).join(";");
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
  const canonical = [method, url.pathname, "", lines.join(""), names, EMPTY_HASH].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const hash = createHash("sha256").update(canonical).digest("hex");
  const steps = [day, region, "s3", "aws4_request", ["AWS4-HMAC-SHA256", stamp, scope, hash].join("\n")];
  let signature: Buffer = Buffer.from(`AWS4${secretKey}`);
  for (const step of steps) signature = createHmac("sha256", signature).update(step).digest();
  const { host: _host, ...sent } = signed;
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/${scope}, SignedHeaders=${names}, Signature=${signature.toString("hex")}`;
  return { ...sent, authorization };
}
