import { deleteVariable, getVariable, listVariables, setVariable } from "@millrace/api";
import { isSecretName, MillraceError, type VariableRecord } from "@millrace/core";
import type { ServerPorts } from "../ports.ts";
import { served, type ServedOperation } from "./own-routes.ts";

/** Variables of the database; the values of secret ones go in and never come out. */
export function variableOperations({ settings }: Pick<ServerPorts, "settings">): readonly ServedOperation[] {
  const { variables } = settings;
  const get = async (key: string): Promise<VariableRecord> => {
    const found = await variables.find(key);
    if (found) return found;
    throw new MillraceError("NOT_FOUND", `there is no variable "${key}".`, { details: { key } });
  };
  return [
    served(listVariables, async ({ query }) => {
      const { items, ...next } = await variables.page(query);
      return { items: items.map(shown), ...next };
    }),
    served(getVariable, async ({ params }) => shown(await get(params.key))),
    served(setVariable, async ({ params: { key }, body }) => {
      const before = await variables.find(key);
      const value = body.value ?? before?.value;
      if (value === undefined) throw new MillraceError("BAD_ARGUMENT", `the new variable "${key}" needs a value.`);
      const description = body.description === undefined ? (before?.description ?? null) : body.description;
      await variables.set({ key, value, description, secret: body.isSecret ?? before?.secret ?? isSecretName(key) });
      return shown(await get(key));
    }),
    served(deleteVariable, async ({ params }) => {
      await variables.delete(params.key);
      return undefined;
    }),
  ];
}

function shown({ key, value, secret, description, updatedAt }: VariableRecord) {
  return { key, isSecret: secret, description, updatedAt, ...(!secret && value !== undefined && { value }) };
}
