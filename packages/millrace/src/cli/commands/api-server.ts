import { Option, type Command } from "commander";
import type { RunningServer } from "../../system/run-server.ts";
import { createServerLog } from "../../system/server-log.ts";
import { listenForStop } from "../listen-for-stop.ts";
import { action, makeCommand, type CommandContext, type Shell } from "../make-command.ts";
import { requireProject } from "../open-project.ts";
import { tellFirstLogin } from "../tell-first-login.ts";
import { packageVersion } from "../package-version.ts";
import { readCount } from "../read-count.ts";
import type { ExitCode } from "../run-action.ts";

interface Options {
  readonly host?: string;
  readonly port?: string;
}

/** `millrace api-server`: the HTTP server alone; `millrace start` brings its own. Any number may serve one database. */
export function makeApiServer(shell: Shell): Command {
  return makeCommand("api-server", "serve the REST API, and nothing else; `millrace start` serves it, too")
    .alias("webserver")
    .addOption(new Option("-H, --host <address>", "listen on this address instead of server.host"))
    .addOption(new Option("-p, --port <number>", "listen on this port instead of server.port"))
    .action(action(shell, async (context, _args: [], options: Options) => await serve(context, options)));
}

async function serve(context: CommandContext, { host, port }: Options): Promise<ExitCode> {
  const { terminal, config, debug } = context;
  requireProject(config);
  const stopping = listenForStop(context);
  let running: RunningServer | undefined;
  // Everything that serves HTTP: no other command of this process needs it.
  const { runServer } = await import("../../system/run-server.ts");
  try {
    running = await runServer({
      config: {
        ...config,
        server: {
          ...config.server,
          ...(host !== undefined && { host }),
          ...(port !== undefined && { port: readCount("--port", port, [0, 65_535]) }),
        },
      },
      log: createServerLog(debug ? "debug" : config.logs.level),
      version: packageVersion(),
      onFirstUser: (login) => tellFirstLogin(terminal, login),
    });
    terminal.print(
      `${terminal.paint.bold("Millrace")} ${packageVersion()}: server at ${running.url} on ${running.database}. Ctrl-C stops.`,
    );
    await stopping.first;
    return 0;
  } catch (error) {
    if (running !== undefined || !stopping.isAsked()) throw error;
    return 0;
  } finally {
    stopping.end();
    await running?.stop();
  }
}
