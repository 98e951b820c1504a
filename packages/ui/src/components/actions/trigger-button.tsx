import { useNavigate } from "@tanstack/react-router";
import { Play } from "lucide-react";
import type { ReactNode } from "react";
import { texts } from "../../texts/index.ts";
import { ButtonLink } from "../app-link.tsx";
import { useShortcut } from "../shortcuts.ts";
import { useRights } from "./use-rights.ts";

/** Leads to the form that makes a run of a DAG; nothing for who may not. */
export function TriggerButton({
  dagId,
  hasShortcuts = false,
}: {
  readonly dagId: string;
  /** Offers a key; only on pages about this one DAG. */
  readonly hasShortcuts?: boolean;
}): ReactNode {
  const navigate = useNavigate();
  const { trigger } = useRights(dagId);
  useShortcut(
    { keys: "r", label: texts.act.shortcuts.trigger, group: texts.act.shortcuts.group },
    () => void navigate({ to: "/dags/$dagId/trigger", params: { dagId } }),
    hasShortcuts && trigger,
  );
  if (!trigger) return null;
  return (
    <ButtonLink to="/dags/$dagId/trigger" params={{ dagId }} size="xs" leftSection={<Play size={14} />}>
      {texts.act.trigger}
    </ButtonLink>
  );
}
