import type { ReactNode } from "react";
import classes from "./fact-list.module.css";

/** A name and what it is; without a value it is left out. */
export type Fact = readonly [label: string, value: ReactNode | undefined];

/** Facts side by side, as many as fit in a row. */
export function FactList({ facts }: { readonly facts: readonly Fact[] }): ReactNode {
  return (
    <dl className={classes["facts"]}>
      {facts
        .filter(([, value]) => value !== undefined && value !== "")
        .map(([label, value]) => (
          <div key={label} className={classes["fact"]}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
