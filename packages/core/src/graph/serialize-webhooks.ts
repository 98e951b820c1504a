import { badDag, type Place } from "../dsl/build-error.ts";
import type { DagOptions } from "../dsl/options.ts";
import { findWebhook } from "../dsl/webhook.ts";
import { declareParams } from "../params/param.ts";
import type { GraphWebhook } from "./webhook.ts";

/** The webhooks of a DAG as data, absent without any. @throws MillraceError BAD_DAG for one name twice, and for params that no delivery could fill */
export function serializeWebhooks(place: Place, options: DagOptions<object>): readonly GraphWebhook[] | undefined {
  const webhooks = (options.webhooks ?? []).map(findWebhook).filter((found) => found !== undefined);
  const params = declareParams((options.params ?? {}) as Readonly<Record<string, unknown>>);
  const names = new Set<string>();
  for (const { name, conf } of webhooks) {
    if (names.has(name)) throw badDag(place, `webhooks: ${name} is declared twice`);
    names.add(name);
    if (!conf) continue;
    const lacking = Object.keys(params).filter(
      (param) => params[param].default === undefined && !Object.hasOwn(conf.members, param),
    );
    if (lacking.length > 0)
      throw badDag(
        place,
        `webhooks: the mapping of ${name} gives no value for ${lacking.join(", ")}, and there is no default`,
      );
  }
  return webhooks.length === 0 ? undefined : webhooks;
}
