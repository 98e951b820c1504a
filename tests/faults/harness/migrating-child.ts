// Migrates a database, and kills itself at one statement when it is told to. Says how many statements it sent.
import { migrate, openPool } from "@millrace/store";
import type { MigrationDeath } from "./migrate-to-death.ts";

const url = process.argv[2];
const death = JSON.parse(process.argv[3]) as MigrationDeath | null;
let sent = 0;

/** Counts what goes to the database, and dies there. */
function counting<Client extends object>(client: Client): Client {
  const query = (...args: readonly unknown[]): unknown => {
    sent += 1;
    const isHere = death?.statement === sent;
    if (isHere && death.at === "before") process.kill(process.pid, "SIGKILL");
    const answer = Reflect.apply(Reflect.get(client, "query") as () => unknown, client, args);
    // The socket has it by the next turn of the event loop; the answer is not heard any more.
    if (isHere) setImmediate(() => process.kill(process.pid, "SIGKILL"));
    return answer;
  };
  return new Proxy(client, {
    get: (target, name) => (name === "query" ? query : (Reflect.get(target, name) as unknown)),
  });
}

await using pool = await openPool({ url, max: 2 });
await pool.withClient((client) => migrate(counting(client)));
process.stdout.write(String(sent));
