import { Text } from "@mantine/core";
import { Trash2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";
import { ConfirmDialog } from "../confirm-dialog.tsx";
import type { ActionEntry } from "./action-menu.tsx";

/** Something that can be deleted, and what is said of it. */
export interface Deletion {
  readonly run: () => Promise<unknown>;
  /** The question, like "Delete pool etl?". */
  readonly title: string;
  /** What will be gone, or why it cannot be. */
  readonly text: string;
  /** Said when it is deleted. */
  readonly done: string;
  /** Puts it back; offered beside the message. */
  readonly undo?: (() => Promise<unknown>) | undefined;
  /** False: it is deleted without a question. */
  readonly asks?: boolean;
  /** False: it may be asked for, but cannot be done. */
  readonly isReady?: boolean;
}

/** The entry of a row's menu that deletes, and the question that it asks first; the question must be drawn beside the menu. */
export function useDeletion(deletion: Deletion): { readonly entry: ActionEntry; readonly question: ReactNode } {
  const { run, title, text, done, undo, asks = true, isReady = true } = deletion;
  const [isAsking, setAsking] = useState(false);
  const remove = useAct({
    run: async () => {
      await run();
      setAsking(false);
    },
    done: () => done,
    undo: () => undo,
  });
  const entry = {
    key: "delete",
    label: texts.actions.delete,
    icon: Trash2,
    isDangerous: true,
    onAct: () => (asks ? setAsking(true) : remove.mutate(undefined)),
  };
  const question = (
    <ConfirmDialog
      isOpen={isAsking}
      title={title}
      verb={texts.actions.delete}
      isDangerous
      isReady={isReady}
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate(undefined)}
      onClose={() => setAsking(false)}
    >
      <Text size="sm">{text}</Text>
    </ConfirmDialog>
  );
  return { entry, question };
}
