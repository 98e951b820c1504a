import { Link } from "@tanstack/react-router";
import type { NodeProps } from "@xyflow/react";
import { Box, ChevronsDownUp, ChevronsUpDown, Crosshair, Database, Layers, Workflow } from "lucide-react";
import { memo, type ReactNode } from "react";
import { StateBar } from "../states/state-counts.tsx";
import { stateColor, StateMark, stateWord } from "../states/state-mark.tsx";
import { texts } from "../../texts/index.ts";
import type { FlowNode, NodeData } from "./flow-nodes.model.ts";
import { useNodeActions } from "./graph-actions.ts";
import classes from "./graph-nodes.module.css";
import type { SourceNode } from "./graph-source.model.ts";

type Plain = NodeData & { readonly kind: "node" };
type Closed = NodeData & { readonly kind: "closed" };
type Open = NodeData & { readonly kind: "open" };

/** A task, an asset or a DAG: a link to its page. */
export const PlainNode = memo(function PlainNode({ data }: NodeProps<FlowNode>): ReactNode {
  const { node, state, counts, instances, isFocus } = data as Plain;
  const { linkOf, onNarrow, reveal } = useNodeActions();
  const link = linkOf(node.id);
  const word = state === undefined ? undefined : stateWord(state);
  const content = (
    <>
      {state === undefined ? <KindIcon kind={node.kind} /> : <StateMark state={state} label={word} />}
      <span className={classes["texts"]}>
        <span className={classes["label"]} title={node.label}>
          {node.label}
          {node.isMapped && <b> [{instances > 0 ? instances.toLocaleString("en") : ""}]</b>}
        </span>
        {node.detail !== undefined && <span className={classes["detail"]}>{node.detail}</span>}
        {instances > 1 && <StateBar counts={counts} height={4} />}
      </span>
    </>
  );
  const style = state === undefined ? undefined : { borderLeftColor: stateColor(state) };
  return (
    <div
      className={classes["node"]}
      data-kind={node.kind}
      data-focus={isFocus || undefined}
      data-mapped={node.isMapped || undefined}
      style={style}
    >
      {link ? (
        <Link {...link} className={classes["link"]} draggable={false} onFocus={() => reveal(node.id)}>
          {content}
        </Link>
      ) : (
        <span className={classes["link"]}>{content}</span>
      )}
      {onNarrow && (
        <button
          type="button"
          className={classes["narrow"]}
          title={texts.graph.narrow}
          aria-label={`${texts.graph.narrow}: ${node.label}`}
          onClick={() => onNarrow(node.id)}
        >
          <Crosshair size={13} aria-hidden />
        </button>
      )}
    </div>
  );
});

function KindIcon({ kind }: { readonly kind: SourceNode["kind"] }): ReactNode {
  const Icon = { task: Box, asset: Database, dag: Workflow }[kind];
  return <Icon size={16} aria-hidden className={classes["icon"]} />;
}

/** A closed group: a button that opens it, with the states of all that is in it. */
export const ClosedGroupNode = memo(function ClosedGroupNode({ data }: NodeProps<FlowNode>): ReactNode {
  const { group, size, state, counts, instances } = data as Closed;
  const { onToggleGroup, reveal } = useNodeActions();
  return (
    <button
      type="button"
      className={classes["node"]}
      data-kind="group"
      style={state === undefined ? undefined : { borderLeftColor: stateColor(state) }}
      aria-expanded={false}
      aria-label={texts.graph.openGroup(group.label, size, state === undefined ? "" : stateWord(state))}
      onClick={() => onToggleGroup(group.id)}
      onFocus={() => reveal(group.id)}
    >
      <span className={classes["link"]}>
        {state === undefined ? (
          <Layers size={16} aria-hidden className={classes["icon"]} />
        ) : (
          <StateMark state={state} />
        )}
        <span className={classes["texts"]}>
          <span className={classes["label"]} title={group.label}>
            {group.label}
          </span>
          {instances > 0 ? (
            <StateBar counts={counts} height={4} />
          ) : (
            <span className={classes["detail"]}>{texts.graph.tasks(size)}</span>
          )}
        </span>
        <span className={classes["size"]}>{size}</span>
        <ChevronsUpDown size={14} aria-hidden />
      </span>
    </button>
  );
});

/** The surface of an open group, with a button that closes it. */
export const OpenGroupNode = memo(function OpenGroupNode({ data }: NodeProps<FlowNode>): ReactNode {
  const { group } = data as Open;
  const { onToggleGroup } = useNodeActions();
  return (
    <div className={classes["open"]} data-mapped={group.isMapped || undefined}>
      <button
        type="button"
        className={classes["close"]}
        aria-expanded
        aria-label={texts.graph.closeGroup(group.label)}
        onClick={() => onToggleGroup(group.id)}
      >
        <ChevronsDownUp size={13} aria-hidden /> {group.label}
        {group.isMapped && " [ ]"}
      </button>
    </div>
  );
});
