import { Button, Text, TextInput } from "@mantine/core";
import { removeDag } from "@millrace/api";
import { Trash2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import { client } from "../../server/client.ts";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";
import { ConfirmDialog } from "../confirm-dialog.tsx";
import { useRights } from "./use-rights.ts";

const words = texts.act.deleteDag;

/** Deletes a DAG whose file is gone, after asking for its name. Show it only where `active` is false: the server refuses others. */
export function DeleteDagButton({
  dagId,
  onDeleted,
}: {
  readonly dagId: string;
  readonly onDeleted?: () => void;
}): ReactNode {
  const [typed, setTyped] = useState<string>();
  const { deleteDag } = useRights(dagId);
  const act = useAct({
    run: async () => {
      const { runs } = await client.call(removeDag, { params: { dagId } });
      setTyped(undefined);
      onDeleted?.();
      return runs;
    },
    done: (runs) => words.done(dagId, runs),
  });
  if (!deleteDag) return null;
  return (
    <>
      <Button size="xs" variant="default" color="red" leftSection={<Trash2 size={14} />} onClick={() => setTyped("")}>
        {words.verb}
      </Button>
      <ConfirmDialog
        isOpen={typed !== undefined}
        title={words.title(dagId)}
        verb={words.verb}
        isDangerous
        isBusy={act.isPending}
        isReady={typed === dagId}
        onConfirm={() => act.mutate(undefined)}
        onClose={() => setTyped(undefined)}
      >
        <Text size="sm">{words.explain}</Text>
        <TextInput
          label={words.type(dagId)}
          value={typed ?? ""}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </ConfirmDialog>
    </>
  );
}
