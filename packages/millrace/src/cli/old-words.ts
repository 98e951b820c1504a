/**
 * Commands of Airflow (also of 1.10) and Dagster that have another name here, or are not needed, and what to do instead. Only looked up for words that are
 * no command here.
 */
export const OLD_WORDS: Readonly<Record<string, string>> = {
  list_dags: "It is `millrace dags list`.",
  list_tasks: "It is `millrace tasks list`.",
  list_dag_runs: "It is `millrace dags list-runs`.",
  dag_state: "It is `millrace dags state`.",
  task_state: "It is `millrace tasks state`.",
  trigger_dag: "It is `millrace dags trigger`.",
  delete_dag: "It is `millrace dags delete`.",
  pause: "It is `millrace dags pause`.",
  unpause: "It is `millrace dags unpause`.",
  clear: "It is `millrace tasks clear`.",
  render: "It is `millrace tasks render`.",
  test: "It is `millrace tasks test` for a task, `millrace dags test` for a DAG.",
  run: "Workers run tasks by themselves: `millrace tasks test` runs one here, `millrace dags trigger` makes a run, `millrace dags list-runs` lists them.",
  initdb: "It is `millrace db migrate`; everything else does so by itself.",
  upgradedb: "It is `millrace db migrate`; everything else does so by itself.",
  resetdb: "It is `millrace db reset`.",
  checkdb: "It is `millrace db check`.",
  shell: "It is `millrace db shell`.",
  api: "It is `millrace api-server`.",
  ui: "It is `millrace api-server`, and part of `millrace start`.",
  triggerer:
    "None is needed: what is deferred waits in the database, and its triggers run in the workers of `millrace start`.",
  worker:
    "Workers belong to a scheduler: `millrace start` or `millrace scheduler` starts them; `executor.workers` says how many.",
  celery:
    "Workers belong to a scheduler: `millrace start` or `millrace scheduler` starts them; `executor.workers` says how many.",
  flower: "`millrace jobs list` shows schedulers; their workers belong to them.",
  kubernetes: "Tasks run in the workers of `millrace start` or `millrace scheduler`.",
  serve_logs: "`millrace tasks logs` reads logs; no process serves them.",
  "internal-api": "No process but the scheduler needs the database: `millrace start` is everything.",
  kerberos: "There is no ticket renewer: give tasks what they need with `millrace connections add`.",
  create_user: "It is `millrace users create`.",
  sync_perm:
    "Built-in roles and access of DAGs are kept up to date by themselves: `millrace roles list --permission` shows them.",
  "sync-perm":
    "Built-in roles and access of DAGs are kept up to date by themselves: `millrace roles list --permission` shows them.",
  delete_user: "It is `millrace users delete`.",
  list_users: "It is `millrace users list`.",
  plugins: "There are no plugins: DAG files import what they need. `millrace info` shows versions.",
  rotate_fernet_key: "It is `millrace db rotate-keys`.",
  dev: "It is `millrace start`.",
  schedule:
    "A schedule is part of its DAG: `millrace dags list` shows it, `millrace dags unpause` and `millrace dags pause` switch it.",
  sensor: "A sensor is a task here: `millrace tasks list` shows it.",
  definitions: "`millrace dags list-import-errors` says which DAG files cannot be loaded.",
  "code-location": "`millrace dags report` shows DAG files.",
  instance: "It is `millrace info`.",
  project: "It is `millrace init`.",

  "dags reserialize": "It is `millrace dag-processor --num-runs 1`.",
  "providers hooks": "It is `millrace providers get <provider>`: hooks are among what it brings.",
  "providers widgets": "It is `millrace providers get <provider>`: connection types with their fields.",
  "providers behaviours": "It is `millrace providers get <provider>`: connection types with their fields.",
  "providers links": "There are none: `millrace providers get <provider>` shows what a provider brings.",
  "providers auth": "There are none in providers: `auth` of the configuration says how people log in.",
  "providers logging": "There are none in providers: `logs` of the configuration says where logs go.",
  "providers notifications": "It is `millrace providers get <provider>`: notifiers are among what it brings.",
  "providers secrets":
    "There are none in providers: `secrets.backends` of the configuration says where secrets are looked for.",
  "providers executors":
    "There are none in providers: tasks run in the workers of `millrace start` or `millrace scheduler`.",
  "providers triggers": "An operator brings its own: `millrace providers get <provider>` shows operators.",
  "providers queues": "There are none in providers: workers ask the scheduler for work.",
  "providers lazy-loaded": "Providers are read when they are asked for: `millrace providers list`.",
  "tasks run":
    "Only a worker may run a task instance, with the dispatch that it was given (so that it runs once): `millrace tasks test` runs one here, `millrace tasks clear` lets it run again.",
  "db downgrade": "Migrations go forward only: restore a backup of before, with the program of before.",
  "db upgradedb": "It is `millrace db migrate`.",
  "connections create-default-connections": "There are none: `millrace connections add` makes those that you need.",
  "connections set": "It is `millrace connections add`, with --overwrite for one that is there.",
  "variables add": "It is `millrace variables set`.",
  "pools add": "It is `millrace pools set`.",
  "pools create": "It is `millrace pools set`.",
  "dags backfill": "It is `millrace backfill create`.",
  "job backfill": "It is `millrace backfill create`.",
};
