import type { LinkProps } from "@tanstack/react-router";
import { createContext, useContext } from "react";

/** What nodes do. */
export interface NodeActions {
  readonly linkOf: (nodeId: string) => LinkProps | undefined;
  readonly onToggleGroup: (groupId: string) => void;
  readonly onNarrow: ((nodeId: string) => void) | undefined;
  /** Brings a node into sight that the keyboard came to. */
  readonly reveal: (nodeId: string) => void;
}

const Context = createContext<NodeActions | undefined>(undefined);

/** Provides {@link useNodeActions}. */
export const GraphActions = Context.Provider;

/** What nodes of this graph do. */
export function useNodeActions(): NodeActions {
  const actions = useContext(Context);
  if (!actions) throw new Error("useNodeActions stands outside of a GraphView");
  return actions;
}
