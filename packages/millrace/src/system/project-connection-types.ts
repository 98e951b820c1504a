import {
  type Connection,
  connectionForm,
  type ConnectionTypes,
  MillraceError,
  portField,
  secretField,
  textField,
} from "@millrace/core";
import {
  createConnectionTypes,
  createNetwork,
  placeOf,
  STANDARD_CONNECTION_TYPES,
  withProviderTypes,
  type KnownType,
  type Trial,
} from "@millrace/engine";
import { tryPostgres } from "@millrace/store";
import type { Config } from "../config.ts";
import { providerEnvironment, type InstalledProviders } from "./installed-providers.ts";

const POSTGRES_PORT = 5_432;

const POSTGRES_TYPE: KnownType = {
  type: "postgres",
  label: "PostgreSQL",
  aliases: ["postgresql"],
  form: connectionForm(
    {
      host: textField("Host", { minLength: 1 }),
      port: portField(POSTGRES_PORT),
      login: textField("User"),
      password: secretField("Password"),
      schema: textField("Database"),
    },
    {
      required: ["host"],
      extra: {
        sslmode: textField("TLS", { enum: ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] }),
      },
    },
  ),
  trial: tryConnection,
};

/**
 * The types of connections that a project knows, with those of its providers; their trials keep to its network rules.
 *
 * @param by who tries: over the API `security` holds; at the command line people reach what their machine reaches anyway.
 */
export function makeProjectConnectionTypes(
  config: Pick<Config, "security" | "executor" | "projectFolder">,
  { by, providers }: { readonly by: "server" | "command"; readonly providers: InstalledProviders },
): ConnectionTypes {
  const { privateAddresses, allowedHosts } = config.security;
  const network =
    by === "command" ? { privateAddresses: "allow" as const, allowedHosts: [] } : { privateAddresses, allowedHosts };
  const standard = createConnectionTypes([POSTGRES_TYPE, ...STANDARD_CONNECTION_TYPES], createNetwork(network));
  return withProviderTypes(standard, { ...providerEnvironment(config), network, providers: providers.loadable });
}

async function tryConnection(connection: Connection, { network, signal }: Parameters<Trial>[1]): Promise<string> {
  const { host, port: at } = placeOf(connection, POSTGRES_PORT);
  const [address] = await network.resolve(host);
  if (address === undefined) throw new MillraceError("UNREACHABLE", `${host} has no address`);
  const sslMode = connection.extra["sslmode"];
  return await tryPostgres({
    address: address.address,
    host,
    port: at,
    user: connection.login,
    password: connection.password?.reveal(),
    database: connection.schema,
    sslMode: typeof sslMode === "string" ? sslMode : undefined,
    signal,
  });
}
