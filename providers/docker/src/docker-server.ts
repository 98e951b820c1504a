import { MillraceError, textOf, type Connection } from "@millrace/core";
import type { DockerOptions } from "dockerode";

const SOCKET = "/var/run/docker.sock";
const PORT = 2375;
const TLS_PORT = 2376;

/** A login of a registry, in the words of the engine's API. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
}

/** A Docker Engine, and the login of a registry, as a connection describes them. */
export interface DockerServer {
  /** For people: `unix:///var/run/docker.sock`, `tcp://docker:2376`. */
  readonly address: string;
  readonly options: DockerOptions;
  readonly registry?: RegistryLogin;
}

/**
 * Reads a connection of the type `docker`; without one, or without a host, it is the engine of this machine.
 *
 * @throws MillraceError BAD_ARGUMENT for a host that is neither a socket nor an address
 */
export function dockerServerOf(connection?: Connection): DockerServer {
  const registry = connection === undefined ? {} : registryOf(connection);
  const host = textOf(connection?.host) ?? `unix://${SOCKET}`;
  const [, socketPath] = /^(?:unix:\/\/)?(\/.+)$/.exec(host) ?? [];
  if (socketPath !== undefined) return { address: `unix://${socketPath}`, options: { socketPath }, ...registry };
  const url = URL.parse(host.includes("://") ? host : `tcp://${host}`);
  if (connection === undefined || url === null || url.hostname === "" || !/^(tcp|https?):$/.test(url.protocol))
    throw new MillraceError(
      "BAD_ARGUMENT",
      `the connection ${connection?.id ?? ""} has a host that is neither a socket (unix:///var/run/docker.sock) nor an address (tcp://docker:2376)`,
    );
  const { extra } = connection;
  const [ca, cert, key] = [textOf(extra["tls_ca"]), textOf(extra["tls_cert"]), textOf(extra["tls_key"])];
  const isTls = url.protocol === "https:" || ca !== undefined || cert !== undefined;
  const port = connection.port ?? (url.port === "" ? (isTls ? TLS_PORT : PORT) : Number(url.port));
  const tls = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
  return {
    address: `tcp://${url.hostname}:${port}`,
    options: { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port, protocol: isTls ? "https" : "http", ...tls },
    ...registry,
  };
}

function registryOf({ login, password, extra }: Connection): { readonly registry?: RegistryLogin } {
  if (login === undefined || password === undefined) return {};
  const serveraddress = textOf(extra["registry"]) ?? "https://index.docker.io/v1/";
  return { registry: { username: login, password: password.reveal(), serveraddress } };
}
