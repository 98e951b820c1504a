/** The environment variable that a variable is looked for in: `MILLRACE_VAR_REGION`. */
export function variableEnvironmentKey(key: string): string {
  return `MILLRACE_VAR_${inUpperCase(key)}`;
}

/** The environment variable that a connection is looked for in: `MILLRACE_CONN_SHOP`. */
export function connectionEnvironmentKey(id: string): string {
  return `MILLRACE_CONN_${inUpperCase(id)}`;
}

/** What a person is told who has set no variable of that key. */
export function missingVariable(key: string): string {
  return `there is no variable ${key}: set ${variableEnvironmentKey(key)} in the environment of Millrace`;
}

/** What a person is told who has set no connection of that id. */
export function missingConnection(id: string): string {
  return `there is no connection ${id}: set ${connectionEnvironmentKey(id)} in the environment of Millrace, for example to postgres://login:password@host:5432/schema`;
}

function inUpperCase(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}
