import type { ReactNode } from "react";
import classes from "./facts.module.css";

/** A name and what it is; entries without a value are left out. */
export type Fact = readonly [label: ReactNode, value: ReactNode];

/** Names with their values, one below the other. */
export function Facts({ facts, label }: { readonly facts: readonly Fact[]; readonly label?: string }): ReactNode {
  const shown = facts.filter(([, value]) => value !== undefined && value !== null && value !== false);
  return (
    <dl className={classes["facts"]} aria-label={label}>
      {shown.map(([name, value], index) => (
        <div key={index} className={classes["fact"]}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
