const FROM_QUERY: Readonly<Record<string, string>> = {
  application_name: "PGAPPNAME",
  channel_binding: "PGCHANNELBINDING",
  connect_timeout: "PGCONNECT_TIMEOUT",
  dbname: "PGDATABASE",
  gssencmode: "PGGSSENCMODE",
  host: "PGHOST",
  options: "PGOPTIONS",
  password: "PGPASSWORD",
  port: "PGPORT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  target_session_attrs: "PGTARGETSESSIONATTRS",
  user: "PGUSER",
};

/**
 * What `psql` and other programs of PostgreSQL need in their environment to reach the database of a URL: nothing of it stands in an argument, where a
 * list of processes would show the password. Several hosts are several with commas between, as in the URL.
 */
export function psqlEnvironment(url: string): Readonly<Record<string, string>> {
  const [, user, password, hosts = "", database, query = ""] =
    /^postgres(?:ql)?:\/\/(?:([^:@/?]*)(?::([^@/?]*))?@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(url) ?? [];
  const places = hosts.split(",").map((place) => /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(place));
  const found: Record<string, string | undefined> = {
    PGUSER: decode(user),
    PGPASSWORD: decode(password),
    PGHOST: joined(places.map((place) => decode(place?.[1]?.replace(/^\[(.*)\]$/, "$1")) ?? "")),
    PGPORT: joined(places.map((place) => place?.[2] ?? "")),
    PGDATABASE: decode(database),
  };
  for (const [name, value] of new URLSearchParams(query)) {
    const variable = FROM_QUERY[name];
    if (variable !== undefined) found[variable] = value;
  }
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ""),
  );
}

function decode(text: string | undefined): string | undefined {
  return text === undefined ? undefined : decodeURIComponent(text);
}

function joined(parts: readonly string[]): string {
  return parts.every((part) => part === "") ? "" : parts.join(",");
}
