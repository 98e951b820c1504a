import type { ReactNode } from "react";
import { EmptyState } from "../../../components/answer.tsx";
import { texts } from "../../../texts/index.ts";
import { CellMark, judgementColor } from "./judgement-mark.tsx";
import { PanelLink } from "./panel-link.tsx";
import { formatAmount, type PanelOf } from "./panel.model.ts";
import classes from "./panels.module.css";

/** Amounts side by side: a list of names and numbers, with a bar between for the eye. */
export function BarsPanel({ panel }: { readonly panel: PanelOf<"bars"> }): ReactNode {
  const { bars, unit } = panel;
  if (bars.length === 0) return <EmptyState title={texts.empty.nothing} />;
  const most = Math.max(...bars.map(({ value }) => value), Number.EPSILON);
  return (
    <dl className={classes["bars"]}>
      {bars.map(({ label, value, state, link }, index) => (
        <div key={index}>
          <dt>
            <PanelLink link={link}>{label}</PanelLink>
          </dt>
          <div
            className={classes["bar"]}
            aria-hidden
            style={{
              width: `${(100 * Math.max(value, 0)) / most}%`,
              background: state === undefined ? "var(--state-running)" : judgementColor(state),
            }}
          />
          <dd>
            {state !== undefined && <CellMark state={state} size={13} />} {formatAmount(value, unit)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
