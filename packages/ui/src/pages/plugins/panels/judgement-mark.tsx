import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { StateMark, stateWord } from "../../../components/states/state-mark.tsx";
import { texts } from "../../../texts/index.ts";
import { isJudgement, type Judgement, type PageCellState } from "./panel.model.ts";

const SHAPES = { ok: CircleCheck, warn: TriangleAlert, bad: CircleX } as const;
const COLORS: Readonly<Record<Judgement, string>> = {
  ok: "var(--state-success)",
  warn: "var(--state-up_for_retry)",
  bad: "var(--state-failed)",
};

/** The colour of a judgement, as a CSS value that follows light and dark. */
export function judgementColor(state: Judgement): string {
  return COLORS[state];
}

/** A judgement, or a state of a run or a task instance, as a shape of its colour that is named for those who cannot see it. */
export function CellMark({ state, size = 16 }: { readonly state: PageCellState; readonly size?: number }): ReactNode {
  if (!isJudgement(state)) return <StateMark state={state} size={size} label={stateWord(state)} />;
  const Shape = SHAPES[state];
  return (
    <Shape
      size={size}
      color={COLORS[state]}
      role="img"
      aria-label={texts.pages.judgements[state]}
      style={{ flex: "none" }}
    />
  );
}
