import type { ReactNode } from "react";
import { JsonTree } from "../../components/json/json-tree.tsx";
import { texts } from "../../texts/index.ts";

/** The params that a run was given. */
export function RunConf({ conf }: { readonly conf: string }): ReactNode {
  return <JsonTree value={JSON.parse(conf) as unknown} label={texts.run.conf} />;
}
