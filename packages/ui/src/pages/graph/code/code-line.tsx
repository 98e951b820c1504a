import type { ReactNode } from "react";
import type { CodeToken } from "./make-highlighter.ts";

/** A line of code in colours, as text. */
export function CodeLine({ tokens }: { readonly tokens: readonly CodeToken[] }): ReactNode {
  if (tokens.length === 0) return "\n";
  return tokens.map(({ text, light, dark }, index) =>
    light === undefined || dark === undefined ? (
      <span key={index}>{text}</span>
    ) : (
      <span key={index} style={{ color: `light-dark(${light}, ${dark})` }}>
        {text}
      </span>
    ),
  );
}
