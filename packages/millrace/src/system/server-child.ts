// The process that serves the API beside `millrace start`: heavy requests and their garbage stay away from the scheduler's ticks.
import { isMillraceError } from "@millrace/core";
import { packageVersion } from "../cli/package-version.ts";
import { loadConfig, processEnvironment } from "../config.ts";
import { runServer } from "./run-server.ts";
import { createServerLog } from "./server-log.ts";
import { BEGIN, type FromServerChild } from "./server-process.ts";

/** Ports above the default one that are tried when it is taken and nobody asked for it. */
const OTHER_PORTS = 20;

// Ctrl-C reaches every process of the terminal; this one ends when its parent lets go of it, after what still needs it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

const [folder = ".", port = ""] = process.argv.slice(2);
const tell = (message: FromServerChild): void => void process.send?.(message);

try {
  await toldToBegin();
  const config = loadConfig({ folder, env: processEnvironment() });
  // Each request is a line at level info: in the log of `millrace start` they would bury the runs.
  const level = config.logs.level === "info" ? "warn" : config.logs.level;
  const isChosen = config.sources.has("server.port");
  const running = await runServer({
    config: port === "" ? config : { ...config, server: { ...config.server, port: Number(port) } },
    log: createServerLog(level),
    version: packageVersion(),
    otherPorts: isChosen || port !== "" ? 0 : OTHER_PORTS,
  });
  process.once("disconnect", () => void running.stop().finally(() => process.exit(0)));
  tell({ kind: "listening", url: running.url });
  if (!process.connected) process.emit("disconnect");
} catch (error) {
  const hint = isMillraceError(error) ? error.details["hint"] : undefined;
  tell({
    kind: "failed",
    message: (error as Error).message,
    ...(typeof hint === "string" && { hint }),
  });
  process.exitCode = 1;
  process.disconnect?.();
}

/** Its modules have loaded while its parent started the database. It ends here when its parent lets go of it before. */
async function toldToBegin(): Promise<void> {
  if (!process.connected) process.exit(0);
  const letGo = (): void => process.exit(0);
  process.once("disconnect", letGo);
  await new Promise<void>((resolve) =>
    process.on("message", function begin(said) {
      if (said !== BEGIN) return;
      process.off("message", begin);
      resolve();
    }),
  );
  process.off("disconnect", letGo);
}
