import { getSession, isMillraceError, listLoginWays, type AnswerOf } from "@millrace/api";
import { Center, Loader } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, type ReactNode } from "react";
import { ErrorState } from "../components/answer.tsx";
import { client } from "../server/client.ts";
import { keepCsrfToken, onLostSession, type Session } from "../server/session-store.ts";
import { texts } from "../texts/index.ts";
import { ChooseOwnPassword } from "./choose-own-password.tsx";
import { LoginPage } from "./login-page.tsx";
import { SessionProvider } from "./session-context.tsx";
import { SESSION_KEY } from "./session-key.ts";

type Ways = AnswerOf<typeof listLoginWays>;
type Known = { readonly session: Session } | { readonly ways: Ways };

/** Lets those in whom the server knows; others see the login at the address that they came for. */
export function SessionGate({ children }: { readonly children: ReactNode }): ReactNode {
  const queries = useQueryClient();
  const known = useQuery<Known>({ queryKey: SESSION_KEY, queryFn: readSession, staleTime: Infinity, retry: 1 });
  useEffect(() => onLostSession(() => void queries.invalidateQueries({ queryKey: SESSION_KEY })), [queries]);
  if (known.data === undefined) {
    return (
      <Center h="100vh" p="md">
        {known.error ? (
          <ErrorState error={known.error} retry={() => void known.refetch()} isRetrying={known.isFetching} />
        ) : (
          <Loader aria-label={texts.loading} />
        )}
      </Center>
    );
  }
  if ("ways" in known.data) return <LoginPage ways={known.data.ways} />;
  const { session } = known.data;
  return (
    <SessionProvider value={session}>{session.mustChangePassword ? <ChooseOwnPassword /> : children}</SessionProvider>
  );
}

async function readSession(): Promise<Known> {
  try {
    const session = await client.call(getSession);
    keepCsrfToken(session.csrfToken);
    return { session };
  } catch (error) {
    if (!isMillraceError(error) || error.code !== "NOT_LOGGED_IN") throw error;
    keepCsrfToken(undefined);
    const ways = await client.call(listLoginWays);
    return ways.anonymous.length > 0 && !wantsLogin() ? { session: anybody(ways) } : { ways };
  }
}

/** Who may look without a login still can ask for one. */
function wantsLogin(): boolean {
  return new URLSearchParams(location.search).has("login");
}

function anybody({ anonymous, lastEventId }: Ways): Session {
  return {
    username: "",
    email: "",
    firstName: "",
    lastName: "",
    roles: [],
    permissions: [...anonymous],
    mustChangePassword: false,
    ...(lastEventId !== undefined && { lastEventId }),
  };
}
