import {
  connectionForm,
  MillraceError,
  portField,
  secretField,
  textField,
  type Connection,
  type ProviderConnectionType,
  type TrialTools,
} from "@millrace/core";
import { openS3 } from "./open-s3.ts";
import { s3SettingsOf, serverOf } from "./s3-settings.ts";

const TRIAL_MS = 10_000;

/** Amazon Web Services, and stores that speak S3. */
export const AWS_TYPE: ProviderConnectionType = {
  type: "aws",
  label: "Amazon Web Services and S3",
  aliases: ["s3", "minio"],
  form: connectionForm(
    {
      login: textField("Access key id"),
      password: secretField("Secret access key"),
      schema: textField("Bucket"),
      host: textField("Endpoint"),
      port: portField(),
    },
    {
      extra: {
        region_name: textField("Region", { default: "us-east-1" }),
        endpoint_url: textField("Address of a store that is not Amazon's", { format: "uri" }),
        aws_access_key_id: textField("Access key id"),
        aws_secret_access_key: secretField("Secret access key"),
        aws_session_token: secretField("Session token"),
      },
    },
  ),
  trial: tryConnection,
};

/** Asks for the bucket where there is one, else for the list of buckets, signed. */
async function tryConnection(connection: Connection, { admit, signal }: TrialTools): Promise<string> {
  const settings = s3SettingsOf(connection);
  const { id } = connection;
  if (settings.credentials === undefined)
    throw new MillraceError("BAD_ARGUMENT", `the connection ${id} has no access key to try`);
  const server = serverOf(settings);
  const { hostname } = new URL(settings.endpoint ?? `https://s3.${settings.region}.amazonaws.com`);
  await admit(hostname);
  const ctx = { signal, connection: async () => connection };
  await using s3 = await openS3(connection, { ctx, timeoutMs: TRIAL_MS });
  if (s3.bucket === undefined) {
    const buckets = await s3.listBuckets();
    return `the list of buckets at ${server} can be read with the access key: ${buckets.length} buckets`;
  }
  await s3.checkBucket(s3.bucket);
  return `the bucket ${s3.bucket} at ${server} can be read with the access key`;
}
