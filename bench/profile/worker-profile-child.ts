// Preloaded into worker processes by `--profile`: writes a CPU profile of their whole life when they end.
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { join } from "node:path";

const folder = process.env.MILLRACE_TASK_PROFILE_FOLDER;
const [, entry = ""] = process.argv;

if (folder !== undefined && /worker\/main\.[jt]s$/.test(entry)) {
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.start");
  // A session within its own process answers at once, so this works while the process ends.
  process.on("exit", () =>
    session.post("Profiler.stop", (error, stopped) => {
      if (error === null)
        writeFileSync(join(folder, `worker-${process.pid}.cpuprofile`), JSON.stringify(stopped.profile));
    }),
  );
}
