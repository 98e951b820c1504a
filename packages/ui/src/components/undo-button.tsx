import { Button, Group, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
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
  const takeBack = (): void => {
    setState("running");
    undo().then(
      () => setState("done"),
      () => setState("offered"),
    );
  };
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{state === "done" ? texts.actions.undone : message}</Text>
      {state !== "done" && (
        <Button size="compact-sm" variant="default" onClick={takeBack} loading={state === "running"}>
          {texts.actions.undo}
        </Button>
      )}
    </Group>
  );
}
