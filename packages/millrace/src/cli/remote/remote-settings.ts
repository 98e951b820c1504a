import * as api from "@millrace/api";
import { isMillraceError, MillraceError, parseConnection, type Queries } from "@millrace/core";
import { askServer, orNothing } from "./ask-server.ts";

type Settings = Pick<
  Queries,
  | "listPools"
  | "setPool"
  | "deletePool"
  | "listVariables"
  | "findVariable"
  | "setVariable"
  | "deleteVariable"
  | "listConnections"
  | "findConnection"
  | "setConnection"
  | "deleteConnection"
>;

/** Pools, variables and connections of a server. It shows no secret: who needs one asks on its host. */
export function remoteSettings(client: api.MillraceClient): Settings {
  return { ...pools(client), ...variables(client), ...connections(client) };
}

function pools(client: api.MillraceClient): Pick<Settings, "listPools" | "setPool" | "deletePool"> {
  return {
    listPools: async () => {
      const { items } = await askServer(client, api.listPools, { query: { limit: 1_000 } });
      return items.map(({ use: _, occupied: __, description, ...pool }) => ({
        ...pool,
        description: description ?? "",
      }));
    },
    setPool: async ({ pool, ...body }) => {
      await createOr(
        () => askServer(client, api.updatePool, { params: { pool }, body }),
        () => askServer(client, api.createPool, { body: { pool, ...body } }),
      );
    },
    deletePool: async (pool) => {
      await askServer(client, api.deletePool, { params: { pool } });
    },
  };
}

function variables(
  client: api.MillraceClient,
): Pick<Settings, "listVariables" | "findVariable" | "setVariable" | "deleteVariable"> {
  return {
    listVariables: async (query = {}) => {
      const { items, ...page } = await askServer(client, api.listVariables, { query });
      return {
        ...page,
        items: items.map(({ isSecret, description, ...variable }) => ({
          ...variable,
          secret: isSecret,
          description: description ?? "",
        })),
      };
    },
    findVariable: async (key) => {
      const found = await orNothing(askServer(client, api.getVariable, { params: { key } }));
      if (found && found.value === undefined) throw noSecrets(`the variable ${key}`);
      return found?.value;
    },
    setVariable: async ({ key, value, secret, description }) => {
      const body = { value, isSecret: secret, ...(description !== undefined && { description }) };
      await askServer(client, api.setVariable, { params: { key }, body });
    },
    deleteVariable: async (key) => {
      await askServer(client, api.deleteVariable, { params: { key } });
    },
  };
}

function connections(
  client: api.MillraceClient,
): Pick<Settings, "listConnections" | "findConnection" | "setConnection" | "deleteConnection"> {
  return {
    listConnections: async (query = {}) => {
      const { items, ...page } = await askServer(client, api.listConnections, { query });
      return {
        ...page,
        items: items.map(({ connectionId, type, description, updatedAt }) => ({
          connectionId,
          connectionType: type,
          description: description ?? "",
          updatedAt,
        })),
      };
    },
    findConnection: async (connectionId) => {
      const found = await orNothing(askServer(client, api.getConnection, { params: { connectionId } }));
      if (found) throw noSecrets(`the connection ${connectionId}`);
      return undefined;
    },
    setConnection: async ({ connectionId, value, description }) => {
      const { id: _, password, description: own, ...fields } = parseConnection(connectionId, value);
      const told = description ?? own;
      const body = {
        ...fields,
        ...(password && { password: password.reveal() }),
        ...(told !== undefined && { description: told }),
      };
      await createOr(
        () => askServer(client, api.updateConnection, { params: { connectionId }, body }),
        () => askServer(client, api.createConnection, { body: { connectionId, ...body } }),
      );
    },
    deleteConnection: async (connectionId) => {
      await askServer(client, api.deleteConnection, { params: { connectionId } });
    },
  };
}

async function createOr(update: () => Promise<unknown>, create: () => Promise<unknown>): Promise<void> {
  try {
    await update();
  } catch (error) {
    if (!isMillraceError(error) || error.code !== "NOT_FOUND") throw error;
    await create();
  }
}

function noSecrets(what: string): MillraceError {
  return new MillraceError("NOT_ALLOWED", `${what} is secret, and a server shows no secrets`, {
    details: { hint: "Run the command on the server's host, without --server." },
  });
}
