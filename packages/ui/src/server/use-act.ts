import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import { createElement } from "react";
import { describeError } from "./describe-error.ts";
import { UndoButton } from "../components/undo-button.tsx";

/** What an action does, and what people are told of it. */
export interface Act<Input, Answer> {
  readonly run: (input: Input) => Promise<Answer>;
  /** Shown when it has worked; undefined: nothing is. */
  readonly done?: (answer: Answer, input: Input) => string | undefined;
  /** Takes it back; offered beside the message where the model allows it. */
  readonly undo?: (answer: Answer, input: Input) => (() => Promise<unknown>) | undefined;
  /** Keys of what it changes beyond what events tell; default: everything that is shown is read again. */
  readonly changes?: readonly (readonly unknown[])[];
  /** False: errors are shown by the form itself. */
  readonly showsErrors?: boolean;
}

/** An action of the person at the screen: runs it, says what became of it, and has what it changed read again. */
export function useAct<Input, Answer>(act: Act<Input, Answer>): UseMutationResult<Answer, Error, Input> {
  const queries = useQueryClient();
  const readAgain = async (): Promise<void> => {
    if (act.changes === undefined) return await queries.invalidateQueries();
    await Promise.all(act.changes.map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
  return useMutation<Answer, Error, Input>({
    mutationFn: act.run,
    onSuccess: async (answer, input) => {
      const message = act.done?.(answer, input);
      const undo = act.undo?.(answer, input);
      if (message !== undefined) {
        notifications.show({
          color: "teal",
          message: undo ? createElement(UndoButton, { message, undo: () => undo().then(readAgain) }) : message,
          autoClose: undo ? 12_000 : 4_000,
        });
      }
      await readAgain();
    },
    onError: (error) => {
      if (act.showsErrors === false) return;
      const { title, detail } = describeError(error);
      notifications.show({ color: "red", title, message: detail, autoClose: 10_000 });
    },
  });
}
