/** Variables of the environment that a worker gets without being asked: where things are and how to speak, never credentials. */
const PASSED_ON = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LANGUAGE",
  "TZ",
  "TMPDIR",
  "TMP",
  "TEMP",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "SYSTEMROOT",
  "COMSPEC",
  "PATHEXT",
  "WINDIR",
];
const PASSED_ON_PREFIXES = ["LC_", "MILLRACE_TASK_"];

/** The environment of a worker process: an allow-list, the `MILLRACE_TASK_*` variables, and what the configuration names. */
export function childEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  names: readonly string[] = [],
): Record<string, string> {
  const allowed = new Set([...PASSED_ON, ...names]);
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && (allowed.has(name) || PASSED_ON_PREFIXES.some((prefix) => name.startsWith(prefix))))
      passed[name] = value;
  }
  return passed;
}

/** What of {@link childEnvironment} somebody has chosen for tasks: without where things are on the machine. */
export function chosenEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  names: readonly string[] = [],
): Record<string, string> {
  const usual = new Set(PASSED_ON);
  return Object.fromEntries(Object.entries(childEnvironment(environment, names)).filter(([name]) => !usual.has(name)));
}
