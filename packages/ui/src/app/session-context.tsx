import type { Action, Resource } from "@millrace/api";
import { createContext, useContext } from "react";
import type { Session } from "../server/session-store.ts";

const Current = createContext<Session | undefined>(undefined);

/** Provides {@link useSession}. */
export const SessionProvider = Current.Provider;

/** Who is logged in; for somebody who is not, what everybody may do. */
export function useSession(): Session {
  const session = useContext(Current);
  if (!session) throw new Error("useSession stands outside of the session gate");
  return session;
}

/** Whether the person may do something; for DAGs, a right on one alone counts, too. The server decides in the end: this only hides what it would refuse. */
export type May = (action: Action, resource: Resource, dagId?: string) => boolean;

/** What the person at the screen may do. */
export function useMay(): May {
  const { permissions } = useSession();
  return (action, resource, dagId) =>
    permissions.includes(`${action} ${resource}`) ||
    (resource === "DAGs" && dagId !== undefined && permissions.includes(`${action} DAG:${dagId}`));
}
