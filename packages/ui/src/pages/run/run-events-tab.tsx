import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { AuditEvents } from "../dag/audit-events.tsx";

/** What was done to this run. */
export function RunEventsTab(): ReactNode {
  const { dagId, runKey } = useParams({ from: "/dags/$dagId/runs/$runKey/events" });
  return <AuditEvents dagId={dagId} runKey={runKey} />;
}
