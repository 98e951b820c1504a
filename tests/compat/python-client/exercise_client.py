"""Uses every method of every API class of apache-airflow-client against a server, as its users do.

    python exercise_client.py http://127.0.0.1:8080 admin password

Prints a JSON line for each call: {"call": "DAGApi.get_dags", "ok": true} or with "error"; at last {"uncovered": [...]}, the methods that no call has used.
The client checks types, enums and required fields of all that it receives.
"""

import importlib
import inspect
import json
import pkgutil
import sys
import time
import uuid

import airflow_client.client as client
import airflow_client.client.api as api_package
from airflow_client.client.model.action import Action
from airflow_client.client.model.action_resource import ActionResource
from airflow_client.client.model.clear_dag_run import ClearDagRun
from airflow_client.client.model.clear_task_instances import ClearTaskInstances
from airflow_client.client.model.connection import Connection
from airflow_client.client.model.create_dataset_event import CreateDatasetEvent
from airflow_client.client.model.dag import DAG
from airflow_client.client.model.dag_run import DAGRun
from airflow_client.client.model.list_dag_runs_form import ListDagRunsForm
from airflow_client.client.model.list_task_instance_form import ListTaskInstanceForm
from airflow_client.client.model.pool import Pool
from airflow_client.client.model.resource import Resource
from airflow_client.client.model.role import Role
from airflow_client.client.model.set_dag_run_note import SetDagRunNote
from airflow_client.client.model.set_task_instance_note import SetTaskInstanceNote
from airflow_client.client.model.task_state import TaskState
from airflow_client.client.model.update_dag_run_state import UpdateDagRunState
from airflow_client.client.model.update_task_instance import UpdateTaskInstance
from airflow_client.client.model.update_task_instances_state import UpdateTaskInstancesState
from airflow_client.client.model.update_task_state import UpdateTaskState
from airflow_client.client.model.user import User
from airflow_client.client.model.variable import Variable

HOST, USERNAME, PASSWORD = sys.argv[1:4]
WAIT_SECONDS = 60

connection = client.ApiClient(client.Configuration(host=f"{HOST}/api/v1", username=USERNAME, password=PASSWORD))
apis = {}
called = set()
for module in pkgutil.iter_modules(api_package.__path__):
    loaded = importlib.import_module(f"{api_package.__name__}.{module.name}")
    for name, kind in inspect.getmembers(loaded, inspect.isclass):
        if name.endswith("Api"):
            apis[name] = kind(connection)


def call(what, *args, expect=None, **kwargs):
    """Calls Class.method. `expect` names the exception that is right, or is a function that says whether the answer is."""
    name, method = what.split(".")
    called.add(what)
    try:
        answer = getattr(apis[name], method)(*args, **kwargs)
        if isinstance(expect, str):
            raise AssertionError(f"{expect} was expected")
        if expect is not None and not expect(answer):
            raise AssertionError(f"unexpected answer: {str(answer)[:500]}")
        print(json.dumps({"call": what, "ok": True}), flush=True)
        return answer
    except Exception as error:  # noqa: BLE001 - every failure is a finding
        isRight = isinstance(expect, str) and type(error).__name__ == expect
        line = {"call": what, "ok": isRight}
        if not isRight:
            line["error"] = f"{type(error).__name__}: {str(error)[:800]}"
        print(json.dumps(line), flush=True)
        return None


def wait_for_end(dag_id, run_id):
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        run = apis["DAGRunApi"].get_dag_run(dag_id, run_id)
        if str(run.state) in ("success", "failed"):
            return run
        time.sleep(0.1)
    raise TimeoutError(f"{dag_id} {run_id} has not ended")


def monitoring():
    call("MonitoringApi.get_health", expect=lambda h: str(h.scheduler.status) == "healthy")
    call("MonitoringApi.get_version", expect=lambda v: v.version != "")
    call("ConfigApi.get_config", expect=lambda c: len(c.sections) > 0)
    call("ConfigApi.get_value", "core", "environment")
    call("PluginApi.get_plugins")
    call("ProviderApi.get_providers", expect=lambda p: p["total_entries"] >= 1)


def dags():
    call("DAGApi.get_dags", expect=lambda page: page.total_entries >= 4)
    call("DAGApi.get_dags", tags=["compat"], limit=1, expect=lambda page: len(page.dags) == 1)
    call("DAGApi.get_dags", order_by="-dag_id", only_active=True, paused=False, dag_id_pattern="EXAMPLE")
    dag = call("DAGApi.get_dag", "example_bash_operator", expect=lambda d: d.owners is not None)
    call("DAGApi.get_dag", "no_such_dag", expect="NotFoundException")
    call("DAGApi.get_dag_details", "example_bash_operator", expect=lambda d: d.timezone is not None)
    call("DAGApi.get_tasks", "example_bash_operator", expect=lambda page: len(page.tasks) >= 2)
    call("DAGApi.get_tasks", "example_mapped", order_by="-task_id")
    call("DAGApi.get_task", "example_bash_operator", "run_this_last")
    call("DAGApi.patch_dag", "example_bash_operator", DAG(is_paused=True), expect=lambda d: d.is_paused is True)
    call("DAGApi.patch_dag", "example_bash_operator", DAG(is_paused=False), update_mask=["is_paused"])
    call("DAGApi.patch_dags", "example_", DAG(is_paused=False), expect=lambda page: page.total_entries >= 3)
    if dag is not None:
        call("DAGApi.get_dag_source", dag.file_token, _check_return_type=False)
        call("DAGApi.reparse_dag_file", dag.file_token)
    call("DagStatsApi.get_dag_stats", "example_bash_operator,example_mapped", expect=lambda s: s.total_entries == 2)
    call("DagWarningApi.get_dag_warnings")
    errors = call("ImportErrorApi.get_import_errors", expect=lambda page: page.total_entries == 1)
    if errors is not None and errors.import_errors:
        call("ImportErrorApi.get_import_error", errors.import_errors[0].import_error_id)


def runs():
    dag_id, run_id = "example_bash_operator", f"some_test_run_{uuid.uuid4().hex}"
    call("DAGRunApi.post_dag_run", dag_id, DAGRun(dag_run_id=run_id, conf={"a": 1}), expect=lambda r: r.dag_run_id == run_id)
    call("DAGRunApi.post_dag_run", dag_id, DAGRun(dag_run_id=run_id), expect="ApiException")
    wait_for_end(dag_id, run_id)
    call("DAGRunApi.get_dag_run", dag_id, run_id, expect=lambda r: str(r.state) == "success" and r.conf == {"a": 1})
    call("DAGRunApi.get_dag_runs", dag_id, limit=10, order_by="-start_date", expect=lambda p: p.total_entries >= 1)
    call("DAGRunApi.get_dag_runs", "~", state=["success"])
    call("DAGRunApi.get_dag_runs_batch", ListDagRunsForm(dag_ids=[dag_id], page_limit=5), expect=lambda p: len(p.dag_runs) >= 1)
    call("DAGRunApi.set_dag_run_note", dag_id, run_id, SetDagRunNote(note="a note"), expect=lambda r: r.note == "a note")
    call("DAGRunApi.update_dag_run_state", dag_id, run_id, UpdateDagRunState(state="success"))
    call("DAGRunApi.clear_dag_run", dag_id, run_id, ClearDagRun(dry_run=True), _check_return_type=False)
    call("DAGRunApi.clear_dag_run", dag_id, run_id, ClearDagRun(dry_run=False), _check_return_type=False)
    wait_for_end(dag_id, run_id)
    instances(dag_id, run_id)
    call("DAGApi.post_clear_task_instances", dag_id,
         ClearTaskInstances(dag_run_id=run_id, dry_run=True, only_failed=False, include_downstream=True),
         expect=lambda refs: len(refs.task_instances) >= 2)
    call("DAGApi.post_set_task_instances_state", dag_id,
         UpdateTaskInstancesState(dry_run=False, dag_run_id=run_id, task_id="run_this_last", new_state=UpdateTaskState("success"),
                                  include_upstream=False, include_downstream=False, include_future=False,
                                  include_past=False))
    mapped()
    call("DAGRunApi.delete_dag_run", dag_id, run_id)
    call("DAGRunApi.get_dag_run", dag_id, run_id, expect="NotFoundException")


def instances(dag_id, run_id):
    task_id = "run_this_last"
    call("TaskInstanceApi.get_task_instances", dag_id, run_id, expect=lambda p: p.total_entries >= 2)
    call("TaskInstanceApi.get_task_instances", "~", "~", state=["success"], pool=["default_pool"])
    call("TaskInstanceApi.get_task_instances_batch", ListTaskInstanceForm(dag_ids=[dag_id], state=[TaskState("success")]))
    call("TaskInstanceApi.get_task_instance", dag_id, run_id, task_id, expect=lambda i: str(i.state) == "success")
    call("TaskInstanceApi.get_task_instance_tries", dag_id, run_id, task_id, expect=lambda p: p.total_entries >= 1)
    call("TaskInstanceApi.get_task_instance_try_details", dag_id, run_id, task_id, 1)
    call("TaskInstanceApi.get_task_instance_dependencies", dag_id, run_id, task_id)
    call("TaskInstanceApi.get_extra_links", dag_id, run_id, task_id)
    call("TaskInstanceApi.get_log", dag_id, run_id, task_id, 1, full_content=True, _check_return_type=False)
    call("TaskInstanceApi.set_task_instance_note", dag_id, run_id, task_id, SetTaskInstanceNote(note="seen"),
         expect=lambda i: i.note == "seen")
    call("TaskInstanceApi.patch_task_instance", dag_id, run_id, task_id,
         UpdateTaskInstance(dry_run=True, new_state=UpdateTaskState("failed")))
    call("XComApi.get_xcom_entries", dag_id, run_id, task_id, expect=lambda p: p.total_entries >= 1)
    call("XComApi.get_xcom_entry", dag_id, run_id, task_id, "return_value")
    call("XComApi.get_xcom_entry", dag_id, run_id, task_id, "return_value", stringify=False)


def mapped():
    dag_id, run_id, task_id = "example_mapped", f"mapped_{uuid.uuid4().hex}", "add_one"
    call("DAGRunApi.post_dag_run", dag_id, DAGRun(dag_run_id=run_id))
    wait_for_end(dag_id, run_id)
    call("TaskInstanceApi.get_mapped_task_instances", dag_id, run_id, task_id, expect=lambda p: p.total_entries == 3)
    call("TaskInstanceApi.get_mapped_task_instance", dag_id, run_id, task_id, 1, expect=lambda i: i.map_index == 1)
    call("TaskInstanceApi.get_mapped_task_instance_dependencies", dag_id, run_id, task_id, 1)
    call("TaskInstanceApi.get_mapped_task_instance_tries", dag_id, run_id, task_id, 1)
    call("TaskInstanceApi.get_mapped_task_instance_try_details", dag_id, run_id, task_id, 1, 1)
    call("TaskInstanceApi.set_mapped_task_instance_note", dag_id, run_id, task_id, 1, SetTaskInstanceNote(note="second"))
    call("TaskInstanceApi.patch_mapped_task_instance", dag_id, run_id, task_id, 1,
         update_task_instance=UpdateTaskInstance(dry_run=False, new_state=UpdateTaskState("success")))


def datasets():
    uri, consumer, producer = "s3://compat/orders", "example_consumer", "example_producer"
    call("DatasetApi.get_datasets", expect=lambda p: p.total_entries >= 1)
    call("DatasetApi.get_dataset", uri, expect=lambda d: d.uri == uri)
    call("DAGApi.patch_dag", consumer, DAG(is_paused=False))
    call("DatasetApi.create_dataset_event", CreateDatasetEvent(dataset_uri=uri, extra={"rows": 3}))
    call("DatasetApi.get_dataset_events", expect=lambda p: p.total_entries >= 1)
    for what, args in [("get_dataset_queued_events", [uri]), ("get_dag_dataset_queued_events", [consumer]),
                       ("get_dag_dataset_queued_event", [consumer, uri])]:
        end = time.monotonic() + WAIT_SECONDS
        call(f"DatasetApi.{what}", *args, expect=lambda p: True)
        del end
    call("DatasetApi.delete_dag_dataset_queued_event", consumer, uri)
    call("DatasetApi.create_dataset_event", CreateDatasetEvent(dataset_uri=uri))
    call("DatasetApi.delete_dag_dataset_queued_events", consumer)
    call("DatasetApi.create_dataset_event", CreateDatasetEvent(dataset_uri=uri))
    call("DatasetApi.delete_dataset_queued_events", uri)
    run_id = f"produce_{uuid.uuid4().hex}"
    call("DAGRunApi.post_dag_run", producer, DAGRun(dag_run_id=run_id))
    wait_for_end(producer, run_id)
    call("DAGRunApi.get_upstream_dataset_events", producer, run_id)
    call("DatasetApi.get_upstream_dataset_events", producer, run_id)


def settings():
    call("ConnectionApi.post_connection",
         Connection(connection_id="compat", conn_type="postgres", host="db", login="ada", password="secret", port=5432,
                    schema="orders", extra='{"sslmode": "require"}'))
    call("ConnectionApi.get_connection", "compat", expect=lambda c: c.host == "db" and c.port == 5432)
    call("ConnectionApi.get_connections", expect=lambda p: p.total_entries >= 1)
    call("ConnectionApi.patch_connection", "compat", Connection(connection_id="compat", conn_type="postgres", port=5433),
         update_mask=["port"], expect=lambda c: c.port == 5433 and c.host == "db")
    call("ConnectionApi.test_connection", Connection(connection_id="compat", conn_type="http", host="127.0.0.1"),
         expect="ForbiddenException")
    call("ConnectionApi.delete_connection", "compat")
    call("VariableApi.post_variables", Variable(key="compat/key", value="1", description="one"))
    call("VariableApi.get_variable", "compat/key", expect=lambda v: v.value == "1")
    call("VariableApi.get_variables", expect=lambda p: p.total_entries >= 1)
    call("VariableApi.patch_variable", "compat/key", Variable(key="compat/key", value="2"))
    call("VariableApi.delete_variable", "compat/key")
    call("PoolApi.post_pool", Pool(name="compat", slots=3, include_deferred=False))
    call("PoolApi.get_pool", "compat", expect=lambda p: p.open_slots == 3)
    call("PoolApi.get_pools", expect=lambda p: p.total_entries >= 2)
    call("PoolApi.patch_pool", "compat", Pool(name="compat", slots=5), expect=lambda p: p.slots == 5)
    call("PoolApi.delete_pool", "compat")
    call("PoolApi.delete_pool", "default_pool", expect="ApiException")


def people():
    call("PermissionApi.get_permissions", expect=lambda p: p.total_entries > 0)
    call("RoleApi.get_roles", expect=lambda p: p.total_entries >= 5)
    call("RoleApi.post_role", Role(name="compat", actions=[ActionResource(action=Action(name="can_read"), resource=Resource(name="DAGs"))]))
    call("RoleApi.get_role", "compat", expect=lambda r: len(r.actions) == 1)
    call("RoleApi.patch_role", "compat", Role(name="compat2", actions=[]), update_mask=["name"])
    call("UserApi.post_user", User(username="compat", email="compat@example.org", first_name="C", last_name="T",
                                   password="correct horse battery staple"))
    call("UserApi.get_user", "compat", expect=lambda u: u.email == "compat@example.org")
    call("UserApi.get_users", expect=lambda p: p.total_entries >= 2)
    call("UserApi.patch_user", "compat", User(username="compat", email="compat@example.org", first_name="D", last_name="T"))
    call("UserApi.delete_user", "compat")
    call("RoleApi.delete_role", "compat2")


def endings():
    logs = call("EventLogApi.get_event_logs", limit=5, order_by="-event_log_id", expect=lambda p: p.total_entries > 0)
    if logs is not None:
        call("EventLogApi.get_event_log", logs.event_logs[0].event_log_id)
    call("DAGApi.delete_dag", "example_producer")


for part in (monitoring, dags, runs, datasets, settings, people, endings):
    try:
        part()
    except Exception as error:  # noqa: BLE001
        print(json.dumps({"call": part.__name__, "ok": False, "error": f"{type(error).__name__}: {str(error)[:800]}"}), flush=True)

methods = {
    f"{name}.{method}"
    for name, made in apis.items()
    for method, _ in inspect.getmembers(type(made), inspect.isfunction)
    if not method.startswith("_")
}
print(json.dumps({"uncovered": sorted(methods - called)}), flush=True)
