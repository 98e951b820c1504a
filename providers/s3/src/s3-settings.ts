import { MillraceError, textOf, type Connection } from "@millrace/core";

const REGION = "us-east-1";

/** What a client needs to know of a connection of type `aws`. */
export interface S3Settings {
  /** For errors: `the connection lake`. */
  readonly label: string;
  readonly region: string;
  /** Of a store that is not Amazon's. */
  readonly endpoint?: string;
  /** Where keys are that name none. */
  readonly bucket?: string;
  /** Undefined: those of the machine (its environment, files or role). */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** Reads a connection, or none: then all is as the machine says. @throws MillraceError BAD_ARGUMENT for another type, a key without its secret, a bad endpoint */
export function s3SettingsOf(connection: Connection | undefined): S3Settings {
  if (connection === undefined) return { label: "the machine's access key", region: REGION };
  const { id, type, login, password, host, port, schema, extra } = connection;
  const label = `the connection ${id}`;
  if (!["aws", "s3", "minio"].includes(type))
    throw new MillraceError("BAD_ARGUMENT", `${label} is of type ${type}, and S3 needs one of type aws`);
  const accessKeyId = textOf(login) ?? textOf(extra["aws_access_key_id"]);
  const secretAccessKey = textOf(password?.reveal()) ?? textOf(extra["aws_secret_access_key"]);
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    throw new MillraceError("BAD_ARGUMENT", `${label} needs both the access key id and the secret, or neither`);
  const sessionToken = textOf(extra["aws_session_token"]);
  const endpoint = textOf(extra["endpoint_url"]) ?? endpointOf(textOf(host), port);
  if (endpoint !== undefined && URL.parse(endpoint) === null)
    throw new MillraceError("BAD_ARGUMENT", `${label} has no endpoint that is an address: ${endpoint}`);
  const bucket = textOf(schema) ?? textOf(extra["bucket"]);
  return {
    label,
    region: textOf(extra["region_name"]) ?? REGION,
    ...(endpoint !== undefined && { endpoint }),
    ...(bucket !== undefined && { bucket }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      }),
  };
}

/** Where requests go, for people: `127.0.0.1:9000`. */
export function serverOf({ endpoint, region }: S3Settings): string {
  return endpoint === undefined ? `Amazon S3 in ${region}` : (URL.parse(endpoint)?.host ?? endpoint);
}

function endpointOf(host: string | undefined, port: number | undefined): string | undefined {
  if (host === undefined) return undefined;
  const address = host.includes("://") ? host : `https://${host}`;
  return port === undefined || port === 0 ? address : `${address.replace(/\/+$/, "")}:${port}`;
}
