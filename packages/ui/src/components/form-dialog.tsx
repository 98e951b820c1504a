import { Button, Group, Modal, Stack } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { texts } from "../texts/index.ts";
import { ErrorState } from "./answer.tsx";

/** A form in a dialog, and what it does. */
export interface FormDialogProps {
  readonly title: string;
  /** On the button that submits it; default: Save. */
  readonly verb?: string;
  /** What submitting does; its error is shown above the buttons. */
  readonly act: {
    readonly mutate: (nothing: undefined) => void;
    readonly isPending: boolean;
    readonly error: Error | null;
  };
  /** False while it cannot be submitted. */
  readonly isReady?: boolean;
  readonly onClose: () => void;
  readonly size?: string;
  /** The fields. */
  readonly children: ReactNode;
}

/** The frame of a form's dialog. It is open as long as it is mounted; Escape closes it, Enter submits it. */
export function FormDialog(props: FormDialogProps): ReactNode {
  const { title, verb = texts.actions.save, act, isReady = true, onClose, size = "md", children } = props;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    act.mutate(undefined);
  };
  return (
    <Modal opened onClose={onClose} title={title} size={size} closeButtonProps={{ "aria-label": texts.actions.close }}>
      <form onSubmit={submit}>
        <Stack>
          {children}
          {act.error && <ErrorState error={act.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {texts.actions.cancel}
            </Button>
            <Button type="submit" loading={act.isPending} disabled={!isReady}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
