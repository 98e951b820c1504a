import { Center, Paper, Stack, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { texts } from "../texts/index.ts";
import { PasswordForm } from "./password-form.tsx";
import { SESSION_KEY } from "./session-key.ts";

/** Stands before everything else for whoever was given a password that is to be changed. */
export function ChooseOwnPassword(): ReactNode {
  const queries = useQueryClient();
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper p="xl" w={420} maw="100%" withBorder bg="var(--surface-raised)">
        <Stack>
          <Title order={1}>{texts.shell.mustChange.title}</Title>
          <Text size="sm">{texts.shell.mustChange.text}</Text>
          <PasswordForm onDone={() => void queries.invalidateQueries({ queryKey: SESSION_KEY })} />
        </Stack>
      </Paper>
    </Center>
  );
}
