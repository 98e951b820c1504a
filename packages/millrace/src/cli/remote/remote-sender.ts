import { randomUUID } from "node:crypto";
import * as api from "@millrace/api";
import { formatInstant, MillraceError, type Answer, type Command } from "@millrace/core";
import { askServer } from "./ask-server.ts";

type Done = Extract<Answer, { ok: true }>;

/** Sends a command through a server. @throws MillraceError with the code of a refusal */
export async function sendRemotely(client: api.MillraceClient, dagId: string, command: Command): Promise<Done> {
  switch (command.kind) {
    case "trigger":
      return await triggerRemotely(client, dagId, command);
    case "pause":
      return done(await askServer(client, api.pauseDag, { params: { dagId }, body: { paused: command.paused } }));
    case "clear": {
      const { select, version } = command;
      const params = await runOf(client, dagId, command.runKey);
      return done(await askServer(client, api.clearRun, { params, body: { select: selectOf(select), version } }));
    }
    case "markTasks": {
      const { select, state } = command;
      const params = await runOf(client, dagId, command.runKey);
      return done(
        await askServer(client, api.markTaskInstances, { params, body: { select: selectOf(select), state } }),
      );
    }
    case "markRun": {
      const params = await runOf(client, dagId, command.runKey);
      return done(await askServer(client, api.markWholeRun, { params, body: { state: command.state } }));
    }
    case "deleteRun":
      return done(await askServer(client, api.deleteRun, { params: await runOf(client, dagId, command.runKey) }));
    default:
      throw new Error(`unreachable: ${JSON.stringify(command satisfies never)}`);
  }
}

async function triggerRemotely(
  client: api.MillraceClient,
  dagId: string,
  command: Extract<Command, { kind: "trigger" }>,
): Promise<Done> {
  const { runKey, logicalDate, runAfter, conf, note } = command;
  if (command.dataInterval) throw new MillraceError("BAD_ARGUMENT", "a server is told no data interval of a run");
  const body = {
    ...(runKey !== undefined && { runKey }),
    ...(logicalDate !== undefined && { logicalDate: formatInstant(logicalDate) }),
    ...(runAfter !== undefined && { runAfter: formatInstant(runAfter) }),
    ...(conf !== undefined && { conf: JSON.parse(conf) as Readonly<Record<string, unknown>> }),
    ...(note !== undefined && { note }),
  };
  // Were the answer lost on its way, asking again would make no second run.
  const made = await client.call(api.triggerRun, { params: { dagId }, body }, { idempotencyKey: randomUUID() });
  return done(api.makeDecoder(api.triggerRun.answer)(made) as Omit<Done, "ok">);
}

async function runOf(client: api.MillraceClient, dagId: string, runKey: string): Promise<{ readonly runId: number }> {
  const { runId } = await askServer(client, api.findRun, { params: { dagId, runKey } });
  return { runId };
}

type Select = Extract<Command, { kind: "clear" }>["select"];

/** Lists of the wire may be changed, those of commands may not. */
function selectOf({ taskIds, mapIndexes, ...select }: Select) {
  return { ...select, ...(taskIds && { taskIds: [...taskIds] }), ...(mapIndexes && { mapIndexes: [...mapIndexes] }) };
}

function done(answer: Omit<Done, "ok">): Done {
  return { ok: true, ...answer };
}
