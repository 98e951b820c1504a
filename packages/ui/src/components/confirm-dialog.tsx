import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { texts } from "../texts/index.ts";

/** A question before something that cannot be taken back. */
export interface ConfirmProps {
  readonly isOpen: boolean;
  readonly title: string;
  /** The verb on the button, like "Delete run". */
  readonly verb: string;
  readonly isDangerous?: boolean;
  readonly isBusy?: boolean;
  /** False while what it would do is not known. */
  readonly isReady?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  /** What will happen. */
  readonly children: ReactNode;
  readonly size?: string;
}

/** Asks before an action and says what it will do. Escape closes it. */
export function ConfirmDialog(props: ConfirmProps): ReactNode {
  const {
    isOpen,
    title,
    verb,
    isDangerous = false,
    isBusy = false,
    isReady = true,
    onConfirm,
    onClose,
    children,
    size = "md",
  } = props;
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={title}
      size={size}
      closeButtonProps={{ "aria-label": texts.actions.close }}
    >
      <Stack>
        {children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.actions.cancel}
          </Button>
          <Button
            color={isDangerous ? "red" : undefined}
            onClick={onConfirm}
            loading={isBusy}
            disabled={!isReady}
            data-autofocus
          >
            {verb}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
