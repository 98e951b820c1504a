// Entry of the process that runs the code of providers: it answers one question and ends. Its parent kills it when it takes too long.
import { describeProvider, isProvider, MillraceError, parseConnection, type Provider } from "@millrace/core";
import { reasonOf } from "../connections/reason-of.ts";
import { TOO_LATE } from "../connections/trial-limit.ts";
import { createNetwork } from "../network/guarded-network.ts";
import type { ProviderAnswer, ProviderQuestion } from "./provider-protocol.ts";

const exit = process.exit.bind(process);
/** Says that what is being done has failed. */
let fail = (_: unknown): void => undefined;

// Nobody hears the answer any more. It leads its process group: what a provider has started ends with it.
process.on("disconnect", () => (process.platform === "win32" ? exit(1) : process.kill(-process.pid, "SIGKILL")));
// Clients throw in timers and events, too.
process.on("uncaughtException", (error) => {
  fail(error);
  exit(0);
});
process.once("message", (question: ProviderQuestion) => void answer(question).finally(() => exit(0)));
say({ k: "ready" });

/** IPC writes of a child are synchronous, so the last words arrive. */
function say(message: ProviderAnswer): void {
  process.send?.(message);
}

async function answer(question: ProviderQuestion): Promise<void> {
  if (question.k === "try") {
    fail = (error) => say({ k: "tried", ok: false, message: reasonOf(error) });
    return say({ k: "tried", ...(await tryConnection(question)) });
  }
  for (const entry of question.entries) {
    fail = (error) => say({ k: "unreadable", entry, message: reasonOf(error) });
    try {
      // By way of JSON: what a provider says must be data.
      const provider = JSON.parse(JSON.stringify(describeProvider(await load(entry)))) as ReturnType<
        typeof describeProvider
      >;
      say({ k: "provider", entry, provider });
    } catch (error) {
      fail(error);
    }
  }
}

async function load(entry: string): Promise<Provider> {
  const { provider } = (await import(entry)) as { readonly provider?: unknown };
  if (isProvider(provider)) return provider;
  throw new MillraceError("BAD_ARGUMENT", "its ./provider exports no `provider` that was made by provider({ … })");
}

async function tryConnection(
  question: Extract<ProviderQuestion, { readonly k: "try" }>,
): Promise<{ readonly ok: boolean; readonly message: string }> {
  const { entry, type, connectionId, fields, network: rules, limitMs } = question;
  const late = AbortSignal.timeout(limitMs);
  try {
    const { connectionTypes = [] } = await load(entry);
    const found = connectionTypes.find((each) => each.type === type);
    if (found === undefined) throw new Error(`the provider has no connection type ${type} any more`);
    const network = createNetwork(rules);
    const message = await found.trial(parseConnection(connectionId, fields), {
      signal: late,
      fetch: network.fetch,
      admit: async (host) => void (await network.resolve(host)),
    });
    return { ok: true, message: String(message) };
  } catch (error) {
    return { ok: false, message: late.aborted ? TOO_LATE : reasonOf(error) };
  }
}
