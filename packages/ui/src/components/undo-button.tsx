import { Button, Group, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { describeError } from "../server/describe-error.ts";
import { texts } from "../texts/index.ts";

/** What was done, and a button that takes it back once. */
export function UndoButton({
  message,
  undo,
}: {
  readonly message: string;
  readonly undo: () => Promise<unknown>;
}): ReactNode {
  const [state, setState] = useState<"offered" | "running" | "done">("offered");
  const [error, setError] = useState<unknown>();
  const takeBack = (): void => {
    setState("running");
    setError(undefined);
    undo().then(
      () => setState("done"),
      (reason: unknown) => {
        setError(reason);
        setState("offered");
      },
    );
  };
  return (
    <Group justify="space-between" wrap="nowrap">
      <div>
        <Text size="sm">{state === "done" ? texts.actions.undone : message}</Text>
        {error !== undefined && (
          <Text size="sm" c="red" role="alert">
            {describeError(error).title}
          </Text>
        )}
      </div>
      {state !== "done" && (
        <Button size="compact-sm" variant="default" onClick={takeBack} loading={state === "running"}>
          {texts.actions.undo}
        </Button>
      )}
    </Group>
  );
}
