import { Button, Group, Text, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { CopyButton } from "../../../components/copy-button.tsx";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { client } from "../../../server/client.ts";
import { useAct } from "../../../server/use-act.ts";
import { texts } from "../../../texts/index.ts";
import { bodyOf } from "./user-dialog.tsx";
import { makeUpPassword, rolesOf, type User } from "./user-rules.model.ts";

const words = texts.security.users;

/** Gives a user another password. It is open as long as it is mounted. */
export function ResetPasswordDialog({
  user,
  onClose,
}: {
  readonly user: User;
  readonly onClose: () => void;
}): ReactNode {
  const [password, setPassword] = useState("");
  const { username } = user;
  const act = useAct({
    run: async () => {
      const whole = bodyOf({
        username,
        firstName: user.first_name,
        lastName: user.last_name,
        email: user.email,
        roles: rolesOf(user),
      });
      await client.v1("patch_user", {
        path: { username },
        query: { update_mask: ["password"] },
        body: { ...whole, password },
      });
      onClose();
    },
    done: () => words.resetDone(username),
    showsErrors: false,
  });
  return (
    <FormDialog
      title={words.resetTitle(username)}
      act={act}
      onClose={onClose}
      verb={words.reset}
      isReady={password.length >= 8}
    >
      <Text size="sm">{words.resetText}</Text>
      <Group align="flex-end" wrap="nowrap" gap="xs">
        {/* It is to be read, copied and told: not a field of dots. */}
        <TextInput
          style={{ flex: 1 }}
          label={words.newPassword}
          description={words.passwordHint}
          required
          minLength={8}
          autoComplete="off"
          spellCheck={false}
          ff="monospace"
          data-autofocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <CopyButton text={password} />
      </Group>
      <Button
        variant="subtle"
        size="compact-sm"
        style={{ alignSelf: "flex-start" }}
        onClick={() => setPassword(makeUpPassword(crypto.getRandomValues(new Uint8Array(32))))}
      >
        {words.generate}
      </Button>
    </FormDialog>
  );
}
