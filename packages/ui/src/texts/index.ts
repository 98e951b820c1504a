// English is the only language yet, and the source of others: a language is a folder like en/ whose parts satisfy the types of these.
import { act } from "./en/actions.ts";
import { admin } from "./en/admin.ts";
import { assets } from "./en/assets.ts";
import { backfills } from "./en/backfills.ts";
import { browse } from "./en/browse.ts";
import { dag } from "./en/dag.ts";
import { dags } from "./en/dags.ts";
import { forms } from "./en/forms.ts";
import { general } from "./en/general.ts";
import { graph } from "./en/graph.ts";
import { home } from "./en/home.ts";
import { pages } from "./en/pages.ts";
import { run } from "./en/run.ts";
import { security } from "./en/security.ts";
import { shell } from "./en/shell.ts";
import { task } from "./en/task.ts";
import { trigger } from "./en/trigger.ts";

/** All that the interface says. Words of people's own (DAG names, errors, logs) come from the server. */
export const texts = {
  ...general,
  act,
  forms,
  shell,
  home,
  dags,
  dag,
  graph,
  run,
  task,
  trigger,
  backfills,
  admin,
  security,
  browse,
  assets,
  pages,
} as const;
