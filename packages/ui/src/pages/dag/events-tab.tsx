import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { AuditEvents } from "./audit-events.tsx";

/** What was done to this DAG and its runs. */
export function EventsTab(): ReactNode {
  const { dagId } = useParams({ from: "/dags/$dagId/events" });
  return <AuditEvents dagId={dagId} />;
}
