import {
  connectionForm,
  portField,
  secretField,
  textField,
  type Connection,
  type ProviderConnectionType,
  type TrialTools,
} from "@millrace/core";
import { dockerServerOf } from "./docker-server.ts";
import { errorOfDocker } from "./docker-error.ts";

/** A Docker Engine, by its socket or by TCP, and the login of a registry. */
export const DOCKER_TYPE: ProviderConnectionType = {
  type: "docker",
  label: "Docker",
  form: connectionForm(
    {
      host: textField("Engine", {
        default: "unix:///var/run/docker.sock",
        examples: ["unix:///var/run/docker.sock", "tcp://docker:2376"],
      }),
      port: portField(),
      login: textField("Login of the registry"),
      password: secretField("Password of the registry"),
    },
    {
      extra: {
        registry: textField("Address of the registry, to whose images alone the login is shown", {
          default: "https://index.docker.io/v1/",
        }),
        tls_ca: textField("Certificate of the engine's authority, as PEM"),
        tls_cert: textField("Own certificate, as PEM"),
        tls_key: secretField("Key of the own certificate, as PEM"),
      },
    },
  ),
  trial: tryDocker,
};

/** Asks the engine for its version, and lets it log in to the registry. */
async function tryDocker(connection: Connection, { admit, signal }: TrialTools): Promise<string> {
  const { address, options, registry } = dockerServerOf(connection);
  if (options.host !== undefined) await admit(options.host);
  const { default: Docker } = await import("dockerode");
  const docker = new Docker({ ...options, timeout: 10_000 });
  try {
    const { Version } = await docker.version();
    signal.throwIfAborted();
    if (registry === undefined) return `${address} is Docker Engine ${Version}`;
    await docker.checkAuth(registry);
    return `${address} is Docker Engine ${Version}, the login of ${registry.username} at ${registry.serveraddress} is fine`;
  } catch (error) {
    throw errorOfDocker(error, { asked: "asking for its version", address });
  }
}
