import type { CSSProperties, ReactNode } from "react";
import { texts } from "../../../texts/index.ts";
import { formatTime } from "../../../time/format-time.model.ts";
import { lineSpans, type LineSpan } from "./line-spans.model.ts";
import classes from "./log-line.module.css";
import type { LogRecord } from "./log-record.model.ts";

/** How lines look. */
export interface LineLook {
  readonly wraps: boolean;
  readonly showsTimes: boolean;
  readonly zone: string;
  /** In lower case; empty: nothing is searched. */
  readonly lowerTerm: string;
  /** The hit that the reader stands at. */
  readonly hitLine: number | undefined;
  /** The line that the address names. */
  readonly pickedLine: number | undefined;
}

/** A line of a log: its number, time, level, source and text. */
export function LogLine({
  line,
  record,
  look,
  onPick,
}: {
  readonly line: number;
  /** Undefined while it is read again. */
  readonly record: LogRecord | undefined;
  readonly look: LineLook;
  readonly onPick: (line: number) => void;
}): ReactNode {
  const number = line + 1;
  return (
    <div
      className={classes["line"]}
      data-level={record?.level}
      data-hit={look.hitLine === line || undefined}
      data-picked={look.pickedLine === line || undefined}
    >
      <button
        type="button"
        className={classes["number"]}
        tabIndex={-1}
        aria-label={texts.task.log.linkTo(number)}
        onClick={() => onPick(line)}
      >
        {number}
      </button>
      {record === undefined ? (
        <span className={classes["text"]}>…</span>
      ) : (
        <>
          {look.showsTimes && <Time atMs={record.atMs} zone={look.zone} />}
          <span className={classes["level"]}>{record.level}</span>
          <span className={classes["source"]} title={record.source}>
            {record.source}
          </span>
          <span className={classes["text"]}>
            {lineSpans(record.text, look.lowerTerm).map((span, index) => (
              <Piece key={index} span={span} />
            ))}
          </span>
        </>
      )}
    </div>
  );
}

function Time({ atMs, zone }: { readonly atMs: number; readonly zone: string }): ReactNode {
  if (Number.isNaN(atMs)) return <span className={classes["time"]} />;
  const { text, zone: name } = formatTime(atMs, zone, "millisecond");
  return (
    <time className={classes["time"]} dateTime={new Date(atMs).toISOString()} title={`${text} ${name}`}>
      {text.slice(11)}
    </time>
  );
}

function Piece({ span }: { readonly span: LineSpan }): ReactNode {
  const { text, color, background, decorations, isHit } = span;
  if (color === undefined && background === undefined && decorations.length === 0)
    return isHit ? <mark className={classes["mark"]}>{text}</mark> : text;
  const style: CSSProperties = {
    color: cssColor(color),
    backgroundColor: cssColor(background),
    ...(decorations.includes("bold") && { fontWeight: 700 }),
    ...(decorations.includes("italic") && { fontStyle: "italic" }),
    ...(decorations.includes("dim") && { opacity: 0.7 }),
    ...(decorations.includes("underline") && { textDecoration: "underline" }),
    ...(decorations.includes("strikethrough") && { textDecoration: "line-through" }),
  };
  return isHit ? (
    <mark className={classes["mark"]}>{text}</mark>
  ) : (
    <span className={classes["ansi"]} style={style}>
      {text}
    </span>
  );
}

/** Colours of a terminal have values of their own for light and dark (log-line.module.css). */
function cssColor(name: string | undefined): string | undefined {
  return name?.startsWith("ansi-") ? `var(--${name})` : name;
}
