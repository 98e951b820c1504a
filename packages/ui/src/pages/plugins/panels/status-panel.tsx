import type { ReactNode } from "react";
import { EmptyState } from "../../../components/answer.tsx";
import { DistanceText } from "../../../components/time-text.tsx";
import { texts } from "../../../texts/index.ts";
import { CellMark } from "./judgement-mark.tsx";
import { PanelLink } from "./panel-link.tsx";
import type { PanelOf } from "./panel.model.ts";
import classes from "./panels.module.css";

/** Many things, and how each of them does. */
export function StatusPanel({ panel }: { readonly panel: PanelOf<"status"> }): ReactNode {
  const { items, empty } = panel;
  if (items.length === 0) return <EmptyState title={empty ?? texts.empty.nothing} />;
  return (
    <ul className={classes["items"]}>
      {items.map(({ label, state, text, at, link }, index) => (
        <li key={index}>
          <CellMark state={state} />
          <PanelLink link={link}>{label}</PanelLink>
          {at === undefined ? <span /> : <DistanceText at={at} />}
          {text !== undefined && <span className={classes["detail"]}>{text}</span>}
        </li>
      ))}
    </ul>
  );
}
