import { isMillraceError, logIn, type AnswerOf, type listLoginWays } from "@millrace/api";
import { Alert, Button, Center, Divider, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import { client } from "../server/client.ts";
import { describeError } from "../server/describe-error.ts";
import { keepCsrfToken } from "../server/session-store.ts";
import { texts } from "../texts/index.ts";
import { Logo } from "./logo.tsx";
import { SESSION_KEY } from "./session-key.ts";

const words = texts.shell.login;

/** Asks who one is, in the ways that this server offers. Afterwards one is where one wanted to go. */
export function LoginPage({ ways }: { readonly ways: AnswerOf<typeof listLoginWays> }): ReactNode {
  useDocumentTitle(`${words.title} · Millrace`);
  const here = location.pathname + location.search;
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper p="xl" w={380} maw="100%" withBorder bg="var(--surface-raised)">
        <Stack>
          <Stack align="center" gap="xs">
            <Logo size={44} />
            <Title order={1}>{words.title}</Title>
          </Stack>
          {ways.password && <PasswordLogin />}
          {ways.password && ways.oidc && <Divider label={words.or} />}
          {ways.oidc && (
            <Button component="a" variant="default" href={`${ways.oidc.url}?returnTo=${encodeURIComponent(here)}`}>
              {ways.oidc.title}
            </Button>
          )}
        </Stack>
      </Paper>
    </Center>
  );
}

function PasswordLogin(): ReactNode {
  const queries = useQueryClient();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const login = useMutation({
    mutationFn: async () => await client.call(logIn, { body: { username, password } }),
    onSuccess: (session) => {
      keepCsrfToken(session.csrfToken);
      // Nobody followed the server meanwhile, and somebody else may have been here before.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
      queries.setQueryData(SESSION_KEY, { session });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    login.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {login.error && (
          <Alert color="red" title={words.wrong} role="alert">
            {isMillraceError(login.error) && login.error.code === "NOT_LOGGED_IN"
              ? words.mismatch
              : describeError(login.error).detail}
          </Alert>
        )}
        <TextInput
          label={words.username}
          name="username"
          autoComplete="username"
          autoFocus
          required
          value={username}
          onChange={(change) => setUsername(change.currentTarget.value)}
        />
        <PasswordInput
          label={words.password}
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(change) => setPassword(change.currentTarget.value)}
        />
        <Button type="submit" loading={login.isPending}>
          {words.submit}
        </Button>
        <Text size="xs" c="dimmed">
          {words.first}
        </Text>
      </Stack>
    </form>
  );
}
