import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Panel } from "../../../components/page.tsx";
import { BarsPanel } from "./bars-panel.tsx";
import { paragraphsOf, widthOf, type PagePanel } from "./panel.model.ts";
import classes from "./panels.module.css";
import { SeriesPanel } from "./series-panel.tsx";
import { StatPanel } from "./stat-panel.tsx";
import { StatusPanel } from "./status-panel.tsx";
import { TablePanel } from "./table-panel.tsx";

/** Panels from top to bottom, side by side where there is room. */
export function PanelGrid({ panels }: { readonly panels: readonly PagePanel[] }): ReactNode {
  return (
    <div className={classes["grid"]}>
      {panels.map((panel, index) => (
        <div key={`${index} ${panel.title}`} className={classes["cell"]} data-width={widthOf(panel)}>
          <PanelView panel={panel} />
        </div>
      ))}
    </div>
  );
}

function PanelView({ panel }: { readonly panel: PagePanel }): ReactNode {
  if (panel.kind === "stat") return <StatPanel panel={panel} />;
  return (
    <Panel title={panel.title} padded={panel.kind !== "table" || panel.rows.length === 0}>
      {panel.hint !== undefined && (
        <Text size="sm" c="var(--text-dim)" mb="sm" {...(panel.kind === "table" && { px: "md", pt: "sm" })}>
          {panel.hint}
        </Text>
      )}
      <Content panel={panel} />
    </Panel>
  );
}

function Content({ panel }: { readonly panel: Exclude<PagePanel, { readonly kind: "stat" }> }): ReactNode {
  switch (panel.kind) {
    case "series":
      return <SeriesPanel panel={panel} />;
    case "bars":
      return <BarsPanel panel={panel} />;
    case "table":
      return <TablePanel panel={panel} />;
    case "status":
      return <StatusPanel panel={panel} />;
    case "text":
      return (
        <Stack gap="sm">
          {paragraphsOf(panel.text).map((part, index) => (
            <Text key={index} size="sm" style={{ whiteSpace: "pre-line", overflowWrap: "anywhere" }}>
              {part}
            </Text>
          ))}
        </Stack>
      );
    default:
      // A newer server may know more kinds.
      return JSON.stringify(panel satisfies never);
  }
}
