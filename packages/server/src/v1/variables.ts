import { isSecretName, type VariableRecord } from "@millrace/core";
import { Problem } from "../http/problem.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import type { V1Answer, V1Handlers } from "./handlers.ts";
import { readOrder } from "./order-by.ts";
import { readPage } from "./paging.ts";
import { reprPython } from "./python-text.ts";
import { applyMask } from "./update-mask.ts";

type Names = "get_variables" | "post_variables" | "get_variable" | "patch_variable" | "delete_variable";

const ORDERS = { id: "number", key: "key", value: "value" } as const;

/** Variables of the database. Their values are in clear for who may read variables, as in Airflow. */
export function variableHandlers(
  { settings }: ServerPorts,
  { maximumPageLimit }: ServerSettings,
): Pick<V1Handlers, Names> {
  const { variables } = settings;
  return {
    get_variables: async ({ query }) => {
      const { field, descending } = readOrder(query.order_by, Object.keys(ORDERS) as (keyof typeof ORDERS)[], "id");
      const page = readPage(query, maximumPageLimit);
      const { items, total } = await variables.list({ ...page, field: ORDERS[field], descending });
      return { variables: items.map(variableToV1), total_entries: total };
    },
    post_variables: async ({ body }) => {
      const { key, value } = requireWhole(body);
      const secret = (await variables.find(key))?.secret ?? isSecretName(key);
      await variables.set({ key, value, secret, description: body.description ?? null });
      return variableToV1({ key, value, description: body.description ?? null });
    },
    get_variable: async ({ params }) => variableToV1((await variables.find(params.variable_key)) ?? missing()),
    patch_variable: async ({ params, query, body }) => {
      const whole = requireWhole(body);
      if (whole.key !== params.variable_key) {
        const detail = "key from request body doesn't match uri parameter";
        throw new Problem(400, { title: "Invalid post body", detail });
      }
      const before = (await variables.find(whole.key)) ?? missing();
      const change = applyMask(body, query.update_mask, { allowed: ["value", "description"] });
      const { key, secret } = before;
      const value = change.value ?? before.value ?? "";
      const description = change.description === undefined ? before.description : change.description;
      await variables.set({ key, value, secret, description });
      return variableToV1({ key, value, description });
    },
    delete_variable: async ({ params }) => {
      if (!(await variables.find(params.variable_key))) throw new Problem(404, { title: "Variable not found" });
      await variables.delete(params.variable_key);
    },
  };
}

function variableToV1({
  key,
  value = "",
  description,
}: Pick<VariableRecord, "key" | "value" | "description">): V1Answer<"get_variable"> {
  return { key, value, description };
}

/** @throws Problem 400 naming what is missing */
function requireWhole({ key, value }: { readonly key?: string; readonly value?: string }): {
  readonly key: string;
  readonly value: string;
} {
  if (key !== undefined && value !== undefined) return { key, value };
  const missingFields = Object.entries({ key, value }).filter(([, given]) => given === undefined);
  const detail = reprPython(
    Object.fromEntries(missingFields.map(([name]) => [name, ["Missing data for required field."]])),
  );
  throw new Problem(400, { title: "Invalid Variable schema", detail });
}

function missing(): never {
  throw new Problem(404, { title: "Variable not found", detail: "Variable does not exist" });
}
