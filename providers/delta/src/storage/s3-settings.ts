// The S3 provider reads the same connections; providers do not know each other, so the few lines are here again.
import { MillraceError, textOf, type Connection } from "@millrace/core";

/** What a client of S3 needs to know of a connection of type `aws`. */
export interface S3Settings {
  readonly region: string;
  /** Of a store that is not Amazon's. */
  readonly endpoint?: string;
  /** Undefined: those of the machine (its environment, files or role). */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** Reads a connection, or none: then all is as the machine says. @throws MillraceError BAD_ARGUMENT for a key without its secret, or another type */
export function s3SettingsOf(connection: Connection | undefined): S3Settings {
  if (connection === undefined) return { region: "us-east-1" };
  const { id, type, login, password, host, port, extra } = connection;
  if (!["aws", "s3", "minio"].includes(type))
    throw new MillraceError(
      "BAD_ARGUMENT",
      `the connection ${id} is of type ${type}, and a table on S3 needs one of type aws`,
    );
  const accessKeyId = textOf(login) ?? textOf(extra["aws_access_key_id"]);
  const secretAccessKey = textOf(password?.reveal()) ?? textOf(extra["aws_secret_access_key"]);
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    throw new MillraceError(
      "BAD_ARGUMENT",
      `the connection ${id} needs both the access key id and the secret, or neither`,
    );
  const sessionToken = textOf(extra["aws_session_token"]);
  const endpoint = textOf(extra["endpoint_url"]) ?? endpointOf(textOf(host), port);
  return {
    region: textOf(extra["region_name"]) ?? "us-east-1",
    ...(endpoint !== undefined && { endpoint }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      }),
  };
}

function endpointOf(host: string | undefined, port: number | undefined): string | undefined {
  if (host === undefined) return undefined;
  const address = host.includes("://") ? host : `https://${host}`;
  return port === undefined || port === 0 ? address : `${address.replace(/\/+$/, "")}:${port}`;
}
