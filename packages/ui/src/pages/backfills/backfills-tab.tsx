import { Button, Group, Stack } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { History } from "lucide-react";
import type { ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { useRights } from "../../components/actions/use-rights.ts";
import { texts } from "../../texts/index.ts";
import { BackfillDialog } from "./backfill-dialog.tsx";
import { BackfillList } from "./backfill-list.tsx";

const words = texts.backfills;

/** Backfills of a DAG, and the form of a new one (`?new=1`; `?from=` and `?to=` fill it in). */
export function BackfillsTab(): ReactNode {
  const { dagId = "" } = useParams({ strict: false });
  const [filters, setFilters] = useFilters<"new" | "from" | "to">();
  const { backfill } = useRights(dagId);
  const button = backfill && (
    <Button size="xs" leftSection={<History size={14} />} onClick={() => setFilters({ new: "1" })}>
      {words.create}
    </Button>
  );
  const close = (): void => setFilters({ new: undefined, from: undefined, to: undefined });
  return (
    <Stack gap="sm">
      {button && <Group justify="flex-end">{button}</Group>}
      <BackfillList dagId={dagId} action={button} />
      {backfill && filters.new !== undefined && (
        <BackfillDialog dagId={dagId} from={filters.from} to={filters.to} onClose={close} />
      )}
    </Stack>
  );
}
