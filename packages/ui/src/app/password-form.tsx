import { changePassword } from "@millrace/api";
import { Alert, Button, PasswordInput, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import { client } from "../server/client.ts";
import { describeError } from "../server/describe-error.ts";
import { texts } from "../texts/index.ts";

const words = texts.shell.passwords;

/** Changes one's own password. @param props.onDone called when the server has it */
export function PasswordForm({ onDone }: { readonly onDone: () => void }): ReactNode {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const change = useMutation({
    mutationFn: async () => {
      await client.call(changePassword, { body: { currentPassword: current, newPassword: next } });
    },
    onSuccess: onDone,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate();
  };
  const differs = again !== "" && again !== next;
  return (
    <form onSubmit={submit}>
      <Stack maw={420}>
        {change.error && (
          <Alert color="red" role="alert" title={describeError(change.error).title}>
            {describeError(change.error).detail}
          </Alert>
        )}
        <PasswordInput
          label={words.current}
          autoComplete="current-password"
          required
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label={words.next}
          autoComplete="new-password"
          required
          minLength={8}
          value={next}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        <PasswordInput
          label={words.again}
          autoComplete="new-password"
          required
          value={again}
          error={differs && words.differ}
          onChange={(event) => setAgain(event.currentTarget.value)}
        />
        <Button type="submit" loading={change.isPending} disabled={next === "" || next !== again}>
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}
