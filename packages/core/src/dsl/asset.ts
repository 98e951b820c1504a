import { MillraceError } from "../errors.ts";
import type { AssetRule } from "../timetable/schedule.ts";

const ASSET = Symbol.for("millrace.asset");

/** Named data that tasks update (`outlets`) and DAGs wait for (`schedule`). Its identity is the URI, case included. */
export interface Asset extends AssetExpression {
  readonly uri: string;
}

/** Assets combined: `a.and(b)` starts a run when both were updated since the last one, `a.or(b)` when one was. */
export interface AssetExpression {
  readonly [ASSET]: AssetRule;
  or(other: AssetExpression): AssetExpression;
  and(other: AssetExpression): AssetExpression;
}

/**
 * Names an asset.
 *
 * @param uri 1–1500 printable ASCII characters, for example `s3://bucket/orders`. The schemes `airflow:` and `millrace:` are reserved.
 * @throws MillraceError BAD_DAG for any other text.
 */
export function asset(uri: string): Asset {
  if (typeof uri !== "string" || !/^[\x21-\x7e]{1,1500}$/.test(uri)) {
    throw new MillraceError(
      "BAD_DAG",
      `asset ${JSON.stringify(uri)}: a URI has 1 to 1500 ASCII characters without spaces`,
    );
  }
  if (/^(airflow|millrace):/i.test(uri))
    throw new MillraceError("BAD_DAG", `asset ${uri}: this scheme is reserved, use another one, for example x-${uri}`);
  return Object.freeze({ uri, ...rule({ asset: uri }) });
}

/** The rule as data. */
export function assetRuleOf(of: AssetExpression): AssetRule {
  return of[ASSET];
}

/** True for assets and their combinations, of any copy of the package. */
export function isAssetExpression(value: unknown): value is AssetExpression {
  return typeof value === "object" && value !== null && ASSET in value;
}

function rule(data: AssetRule): AssetExpression {
  return {
    [ASSET]: data,
    or: (other) => rule({ any: [...partsOf(data, "any"), ...partsOf(other[ASSET], "any")] }),
    and: (other) => rule({ all: [...partsOf(data, "all"), ...partsOf(other[ASSET], "all")] }),
  };
}

/** `a.or(b).or(c)` is one list of three. */
function partsOf(data: AssetRule, kind: "any" | "all"): readonly AssetRule[] {
  if (kind === "any" && "any" in data) return data.any;
  if (kind === "all" && "all" in data) return data.all;
  return [data];
}
