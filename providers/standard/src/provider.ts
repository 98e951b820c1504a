import { provider as defineProvider } from "@millrace/core";
import { bash } from "./bash.ts";
import { http } from "./http/http.ts";
import { python } from "./python.ts";
import { triggerDag } from "./trigger-dag.ts";
import { waitAfterInterval } from "./waits/wait-after-interval.ts";
import { waitForGroup } from "./waits/wait-for-group.ts";
import { waitForRun } from "./waits/wait-for-run.ts";
import { waitForTask } from "./waits/wait-for-task.ts";
import { waitUntil } from "./waits/wait-until.ts";
import { waitUntilTime } from "./waits/wait-until-time.ts";

/** The operators that come with Millrace. */
export const provider = defineProvider({
  id: "standard",
  title: "Standard operators",
  doc: "Commands, Python scripts, HTTP requests, waits, and triggering other DAGs. They come with Millrace, and DAG files import them from `millrace`.",
  operators: {
    bash,
    http,
    python,
    triggerDag,
    waitAfterInterval,
    waitForGroup,
    waitForRun,
    waitForTask,
    waitUntil,
    waitUntilTime,
  },
});
