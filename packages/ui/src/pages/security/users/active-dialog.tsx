import { updateUser } from "@millrace/api";
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { ConfirmDialog } from "../../../components/confirm-dialog.tsx";
import { client } from "../../../server/client.ts";
import { useAct } from "../../../server/use-act.ts";
import { texts } from "../../../texts/index.ts";
import type { User } from "./user-rules.model.ts";

const words = texts.security.users;

/** Lets a user in no more, or again. It is open as long as it is mounted. */
export function ActiveDialog({
  user: { username, active },
  isLast,
  onClose,
}: {
  readonly user: User;
  /** The last Admin, who stays active. */
  readonly isLast: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const isActive = active !== false;
  const act = useAct({
    run: async () => {
      await client.call(updateUser, { params: { username }, body: { isActive: !isActive } });
      onClose();
    },
    done: () => (isActive ? words.madeInactive(username) : words.madeActive(username)),
  });
  return (
    <ConfirmDialog
      isOpen
      title={isActive ? words.deactivateTitle(username) : words.activateTitle(username)}
      verb={isActive ? words.deactivate : words.activate}
      isDangerous={isActive}
      isReady={!(isActive && isLast)}
      isBusy={act.isPending}
      onConfirm={() => act.mutate(undefined)}
      onClose={onClose}
    >
      <Text size="sm">{!isActive ? words.activateText : isLast ? words.lastAdmin : words.deactivateText}</Text>
    </ConfirmDialog>
  );
}
