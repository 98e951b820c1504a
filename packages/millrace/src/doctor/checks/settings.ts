import { readDatabaseSettings, type DatabaseSettings } from "@millrace/store";
import { makeCheck } from "../check.ts";
import { bad, findingsOr, warn, type Verdict } from "../verdict.ts";

/** A process of Millrace opens at most so many, with the one that listens. */
const CONNECTIONS_OF_ONE = 9;
const SHORT_STATEMENT_MS = 30_000;
const SHORT_IDLE_MS = 10_000;

type Settings = DatabaseSettings["settings"];

/** Settings that lose data are bad; those that cost speed or connections are warnings. */
export function judgeSettings(facts: DatabaseSettings): readonly Verdict[] {
  const { settings, encoding, inRecovery, freeConnections } = facts;
  return findingsOr(
    [
      ...judgeDurability(settings),
      ...judgeVacuum(settings),
      inRecovery || settings.default_transaction_read_only === "on"
        ? bad(
            inRecovery ? "this server is a standby and cannot be written to" : "default_transaction_read_only = on",
            inRecovery
              ? "Name the primary in database.url."
              : "Switch it off for this database: alter database … set default_transaction_read_only = off",
          )
        : undefined,
      encoding === "UTF8"
        ? undefined
        : bad(`the database is encoded in ${encoding}`, "Make a database with encoding UTF8, and name that one."),
      settings.default_transaction_isolation === "read committed"
        ? undefined
        : warn(
            `default_transaction_isolation = ${settings.default_transaction_isolation}: statements that compete fail and are tried again`,
            "Set it back for Millrace's role: alter role … set default_transaction_isolation = 'read committed'",
          ),
      judgeConnections(freeConnections, settings),
      ...judgeTimeouts(settings),
    ],
    `fsync, synchronous_commit and full_page_writes are on, autovacuum is on; ${freeConnections} of ${settings.max_connections} connections are free`,
  );
}

function judgeDurability(settings: Settings): readonly (Verdict | undefined)[] {
  const loses = (name: keyof Settings, what: string): Verdict | undefined =>
    settings[name] === "off"
      ? bad(`${name} = off: ${what}`, `Switch it on: alter system set ${name} = on; select pg_reload_conf()`)
      : undefined;
  return [
    loses("fsync", "a crash of the machine may destroy the database"),
    loses("full_page_writes", "a crash of the machine may tear pages of the database"),
    loses("synchronous_commit", "a crash may lose results that Millrace has acted upon"),
  ];
}

function judgeVacuum(settings: Settings): readonly (Verdict | undefined)[] {
  return (["autovacuum", "track_counts"] as const).map((name) =>
    settings[name] === "off"
      ? warn(
          `${name} = off: dead rows stay, and everything becomes slower by the day`,
          `Switch it on: alter system set ${name} = on; select pg_reload_conf()`,
        )
      : undefined,
  );
}

function judgeConnections(free: number, settings: Settings): Verdict | undefined {
  if (free >= CONNECTIONS_OF_ONE) return undefined;
  return warn(
    `${free} connections are free of max_connections = ${settings.max_connections}; a process of Millrace takes up to ${CONNECTIONS_OF_ONE}`,
    "Raise max_connections or the limit of the role, close other clients, or put pgbouncer in front.",
  );
}

/** Ours are set with each session and transaction, except behind poolers. 0 = none. */
function judgeTimeouts(settings: Settings): readonly (Verdict | undefined)[] {
  const shorter = (name: keyof Settings, least: number, what: string): Verdict | undefined => {
    const ms = Number(settings[name] ?? 0);
    return ms > 0 && ms < least
      ? warn(
          `${name} = ${ms} ms: ${what}`,
          `Set it to 0, or at least ${least} ms, for Millrace's role: alter role … set ${name} = ${least}`,
        )
      : undefined;
  };
  return [
    shorter("statement_timeout", SHORT_STATEMENT_MS, "large commits are cancelled"),
    shorter("transaction_timeout", SHORT_STATEMENT_MS, "large commits are cancelled"),
    shorter("idle_in_transaction_session_timeout", SHORT_IDLE_MS, "a busy scheduler loses its connection"),
    shorter("idle_session_timeout", 86_400_000, "connections that wait for news are closed and opened again"),
  ];
}

/** Settings of the server that hurt. */
export const settingsCheck = makeCheck({
  name: "settings",
  about: "settings of the database server that lose data, time or connections",
  needs: "database",
  gather: ({ pool }) => readDatabaseSettings(pool),
  judge: judgeSettings,
});
