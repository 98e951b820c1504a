// Written by `node scripts/generate-docs.ts` from contract.json; do not edit.

/** Action, as it is received. */
export type V1ActionInput = {
  readonly name?: string;
};

/** Action, as it is sent. */
export type V1Action = {
  readonly name: string;
};

/** ActionCollection, as it is sent. */
export type V1ActionCollection = ({
  readonly actions: readonly (V1Action)[];
}) & (V1CollectionInfo);

/** ActionResource, as it is received. */
export type V1ActionResourceInput = {
  readonly action?: V1ActionInput;
  readonly resource?: V1ResourceInput;
};

/** ActionResource, as it is sent. */
export type V1ActionResource = {
  readonly action: V1Action;
  readonly resource: V1Resource;
};

/** BasicDAGRun, as it is sent. */
export type V1BasicDAGRun = {
  readonly dag_id: string;
  readonly data_interval_end: string | null;
  readonly data_interval_start: string | null;
  readonly end_date: string | null;
  readonly logical_date: string;
  readonly run_id: string;
  readonly start_date: string | null;
  readonly state: V1DagState;
};

/** ClassReference, as it is sent. */
export type V1ClassReference = {
  readonly class_name: string;
  readonly module_path: string;
};

/** ClearDagRun, as it is received. */
export type V1ClearDagRunInput = {
  readonly dry_run?: boolean;
};

/** ClearTaskInstances, as it is received. */
export type V1ClearTaskInstancesInput = {
  readonly dag_run_id?: string | null;
  readonly dry_run?: boolean;
  readonly end_date?: string;
  readonly include_downstream?: boolean;
  readonly include_future?: boolean;
  readonly include_parentdag?: boolean;
  readonly include_past?: boolean;
  readonly include_subdags?: boolean;
  readonly include_upstream?: boolean;
  readonly only_failed?: boolean;
  readonly only_running?: boolean;
  readonly reset_dag_runs?: boolean;
  readonly start_date?: string;
  readonly task_ids?: readonly (string)[];
};

/** CollectionInfo, as it is sent. */
export type V1CollectionInfo = {
  readonly total_entries: number;
};

/** Color, as it is sent. */
export type V1Color = string;

/** Config, as it is sent. */
export type V1Config = {
  readonly sections: readonly (V1ConfigSection)[];
};

/** ConfigOption, as it is sent. */
export type V1ConfigOption = {
  readonly key: string;
  readonly value: string;
};

/** ConfigSection, as it is sent. */
export type V1ConfigSection = {
  readonly name: string;
  readonly options: readonly (V1ConfigOption)[];
};

/** Connection, as it is received. */
export type V1ConnectionInput = (V1ConnectionCollectionItemInput) & ({
  readonly extra?: string | null;
  readonly password?: string;
});

/** Connection, as it is sent. */
export type V1Connection = (V1ConnectionCollectionItem) & ({
  readonly extra: string | null;
});

/** ConnectionCollection, as it is sent. */
export type V1ConnectionCollection = ({
  readonly connections: readonly (V1ConnectionCollectionItem)[];
}) & (V1CollectionInfo);

/** ConnectionCollectionItem, as it is received. */
export type V1ConnectionCollectionItemInput = {
  readonly conn_type?: string;
  readonly connection_id?: string;
  readonly description?: string | null;
  readonly host?: string | null;
  readonly login?: string | null;
  readonly port?: number | null;
  readonly schema?: string | null;
};

/** ConnectionCollectionItem, as it is sent. */
export type V1ConnectionCollectionItem = {
  readonly conn_type: string;
  readonly connection_id: string;
  readonly description: string | null;
  readonly host: string | null;
  readonly login: string | null;
  readonly port: number | null;
  readonly schema: string | null;
};

/** ConnectionTest, as it is sent. */
export type V1ConnectionTest = {
  readonly message: string;
  readonly status: boolean;
};

/** CreateDatasetEvent, as it is received. */
export type V1CreateDatasetEventInput = {
  readonly dataset_uri: string;
  readonly extra?: Readonly<Record<string, unknown>> | null;
};

/** CronExpression, as it is received. */
export type V1CronExpressionInput = {
  readonly __type: string;
  readonly value: string;
} | null;

/** CronExpression, as it is sent. */
export type V1CronExpression = {
  readonly __type: string;
  readonly value: string;
} | null;

/** DAG, as it is received. */
export type V1DAGInput = {
  readonly is_paused?: boolean | null;
  readonly schedule_interval?: V1ScheduleIntervalInput;
};

/** DAG, as it is sent. */
export type V1DAG = {
  readonly dag_display_name: string;
  readonly dag_id: string;
  readonly default_view: string | null;
  readonly description: string | null;
  readonly file_token: string;
  readonly fileloc: string;
  readonly has_import_errors: boolean | null;
  readonly has_task_concurrency_limits: boolean | null;
  readonly is_active: boolean | null;
  readonly is_paused: boolean | null;
  readonly is_subdag: boolean;
  readonly last_expired: string | null;
  readonly last_parsed_time: string | null;
  readonly last_pickled: string | null;
  readonly max_active_runs: number | null;
  readonly max_active_tasks: number | null;
  readonly max_consecutive_failed_dag_runs: number | null;
  readonly next_dagrun: string | null;
  readonly next_dagrun_create_after: string | null;
  readonly next_dagrun_data_interval_end: string | null;
  readonly next_dagrun_data_interval_start: string | null;
  readonly owners: readonly (string)[];
  readonly pickle_id: string | null;
  readonly root_dag_id: string | null;
  readonly schedule_interval: V1ScheduleInterval;
  readonly scheduler_lock: boolean | null;
  readonly tags: readonly (V1Tag)[] | null;
  readonly timetable_description: string | null;
};

/** DAGCollection, as it is sent. */
export type V1DAGCollection = ({
  readonly dags: readonly (V1DAG)[];
}) & (V1CollectionInfo);

/** DAGDetail, as it is sent. */
export type V1DAGDetail = (V1DAG) & ({
  readonly catchup: boolean | null;
  readonly concurrency: number | null;
  readonly dag_run_timeout: V1TimeDelta | null;
  readonly dataset_expression: Readonly<Record<string, unknown>> | null;
  readonly default_view: string | null;
  readonly doc_md: string | null;
  readonly end_date: string | null;
  readonly is_paused_upon_creation: boolean | null;
  readonly last_parsed: string | null;
  readonly orientation: string | null;
  readonly params: Readonly<Record<string, unknown>>;
  readonly render_template_as_native_obj: boolean | null;
  readonly start_date: string | null;
  readonly template_search_path: readonly (string)[] | null;
  readonly timezone: V1Timezone | null;
});

/** DAGRun, as it is received. */
export type V1DAGRunInput = {
  readonly conf?: Readonly<Record<string, unknown>>;
  readonly dag_run_id?: string | null;
  readonly data_interval_end?: string | null;
  readonly data_interval_start?: string | null;
  readonly execution_date?: string | null;
  readonly logical_date?: string | null;
  readonly note?: string | null;
  readonly state?: V1DagStateInput;
};

/** DAGRun, as it is sent. */
export type V1DAGRun = {
  readonly conf: Readonly<Record<string, unknown>>;
  readonly dag_id: string;
  readonly dag_run_id: string | null;
  readonly data_interval_end: string | null;
  readonly data_interval_start: string | null;
  readonly end_date: string | null;
  readonly execution_date: string | null;
  readonly external_trigger: boolean;
  readonly last_scheduling_decision: string | null;
  readonly logical_date: string | null;
  readonly note: string | null;
  readonly run_type: "backfill" | "manual" | "scheduled" | "dataset_triggered";
  readonly start_date: string | null;
  readonly state: V1DagState;
};

/** DAGRunCollection, as it is sent. */
export type V1DAGRunCollection = ({
  readonly dag_runs: readonly (V1DAGRun)[];
}) & (V1CollectionInfo);

/** DagProcessorStatus, as it is sent. */
export type V1DagProcessorStatus = {
  readonly latest_dag_processor_heartbeat: string | null;
  readonly status: V1HealthStatus;
};

/** DagScheduleDatasetReference, as it is sent. */
export type V1DagScheduleDatasetReference = {
  readonly created_at: string;
  readonly dag_id: string | null;
  readonly updated_at: string;
};

/** DagState, as it is received. */
export type V1DagStateInput = "queued" | "running" | "success" | "failed";

/** DagState, as it is sent. */
export type V1DagState = "queued" | "running" | "success" | "failed";

/** DagStatsCollectionItem, as it is sent. */
export type V1DagStatsCollectionItem = {
  readonly dag_id: string;
  readonly stats: readonly (V1DagStatsStateCollectionItem)[] | null;
};

/** DagStatsCollectionSchema, as it is sent. */
export type V1DagStatsCollectionSchema = ({
  readonly dags: readonly (V1DagStatsCollectionItem)[];
}) & (V1CollectionInfo);

/** DagStatsStateCollectionItem, as it is sent. */
export type V1DagStatsStateCollectionItem = {
  readonly count: number;
  readonly state: string;
};

/** DagWarning, as it is sent. */
export type V1DagWarning = {
  readonly dag_id: string;
  readonly message: string;
  readonly timestamp: string;
  readonly warning_type: string;
};

/** DagWarningCollection, as it is sent. */
export type V1DagWarningCollection = ({
  readonly import_errors: readonly (V1DagWarning)[];
}) & (V1CollectionInfo);

/** Dataset, as it is sent. */
export type V1Dataset = {
  readonly consuming_dags: readonly (V1DagScheduleDatasetReference)[];
  readonly created_at: string;
  readonly extra: Readonly<Record<string, unknown>> | null;
  readonly id: number;
  readonly producing_tasks: readonly (V1TaskOutletDatasetReference)[];
  readonly updated_at: string;
  readonly uri: string;
};

/** DatasetCollection, as it is sent. */
export type V1DatasetCollection = ({
  readonly datasets: readonly (V1Dataset)[];
}) & (V1CollectionInfo);

/** DatasetEvent, as it is sent. */
export type V1DatasetEvent = {
  readonly created_dagruns: readonly (V1BasicDAGRun)[];
  readonly dataset_id: number;
  readonly dataset_uri: string;
  readonly extra: Readonly<Record<string, unknown>> | null;
  readonly source_dag_id: string | null;
  readonly source_map_index: number | null;
  readonly source_run_id: string | null;
  readonly source_task_id: string | null;
  readonly timestamp: string;
};

/** DatasetEventCollection, as it is sent. */
export type V1DatasetEventCollection = ({
  readonly dataset_events: readonly (V1DatasetEvent)[];
}) & (V1CollectionInfo);

/** EventLog, as it is sent. */
export type V1EventLog = {
  readonly dag_id: string | null;
  readonly event: string;
  readonly event_log_id: number;
  readonly execution_date: string | null;
  readonly extra: string | null;
  readonly map_index: number | null;
  readonly owner: string | null;
  readonly run_id: string | null;
  readonly task_id: string | null;
  readonly try_number: number | null;
  readonly when: string;
};

/** EventLogCollection, as it is sent. */
export type V1EventLogCollection = ({
  readonly event_logs: readonly (V1EventLog)[];
}) & (V1CollectionInfo);

/** ExtraLink, as it is sent. */
export type V1ExtraLink = {
  readonly class_ref: V1ClassReference;
  readonly href: string;
  readonly name: string;
};

/** ExtraLinkCollection, as it is sent. */
export type V1ExtraLinkCollection = {
  readonly extra_links: readonly (V1ExtraLink)[];
};

/** HealthInfo, as it is sent. */
export type V1HealthInfo = {
  readonly dag_processor: V1DagProcessorStatus;
  readonly metadatabase: V1MetadatabaseStatus;
  readonly scheduler: V1SchedulerStatus;
  readonly triggerer: V1TriggererStatus;
};

/** HealthStatus, as it is sent. */
export type V1HealthStatus = "healthy" | "unhealthy" | null;

/** ImportError, as it is sent. */
export type V1ImportError = {
  readonly filename: string;
  readonly import_error_id: number;
  readonly stack_trace: string;
  readonly timestamp: string;
};

/** ImportErrorCollection, as it is sent. */
export type V1ImportErrorCollection = ({
  readonly import_errors: readonly (V1ImportError)[];
}) & (V1CollectionInfo);

/** Job, as it is sent. */
export type V1Job = {
  readonly dag_id: string | null;
  readonly end_date: string | null;
  readonly executor_class: string | null;
  readonly hostname: string | null;
  readonly id: number;
  readonly job_type: string | null;
  readonly latest_heartbeat: string | null;
  readonly start_date: string | null;
  readonly state: string | null;
  readonly unixname: string | null;
} | null;

/** ListDagRunsForm, as it is received. */
export type V1ListDagRunsFormInput = {
  readonly dag_ids?: readonly (string)[];
  readonly end_date_gte?: string;
  readonly end_date_lte?: string;
  readonly execution_date_gte?: string;
  readonly execution_date_lte?: string;
  readonly order_by?: string;
  readonly page_limit?: number;
  readonly page_offset?: number;
  readonly start_date_gte?: string;
  readonly start_date_lte?: string;
  readonly states?: readonly (string)[];
};

/** ListTaskInstanceForm, as it is received. */
export type V1ListTaskInstanceFormInput = {
  readonly dag_ids?: readonly (string)[];
  readonly dag_run_ids?: readonly (string)[];
  readonly duration_gte?: number;
  readonly duration_lte?: number;
  readonly end_date_gte?: string;
  readonly end_date_lte?: string;
  readonly execution_date_gte?: string;
  readonly execution_date_lte?: string;
  readonly executor?: readonly (string)[];
  readonly pool?: readonly (string)[];
  readonly queue?: readonly (string)[];
  readonly start_date_gte?: string;
  readonly start_date_lte?: string;
  readonly state?: readonly (V1TaskStateInput)[];
  readonly task_ids?: readonly (string)[];
};

/** MetadatabaseStatus, as it is sent. */
export type V1MetadatabaseStatus = {
  readonly status: V1HealthStatus;
};

/** PluginCollection, as it is sent. */
export type V1PluginCollection = ({
  readonly plugins: readonly (V1PluginCollectionItem)[];
}) & (V1CollectionInfo);

/** PluginCollectionItem, as it is sent. */
export type V1PluginCollectionItem = {
  readonly appbuilder_menu_items: readonly (Readonly<Record<string, unknown>> | null)[];
  readonly appbuilder_views: readonly (Readonly<Record<string, unknown>> | null)[];
  readonly executors: readonly (string | null)[];
  readonly flask_blueprints: readonly (string | null)[];
  readonly global_operator_extra_links: readonly (string | null)[];
  readonly hooks: readonly (string | null)[];
  readonly listeners: readonly (string)[];
  readonly macros: readonly (string | null)[];
  readonly name: string;
  readonly operator_extra_links: readonly (string | null)[];
  readonly source: string | null;
  readonly ti_deps: readonly (string)[];
  readonly timetables: readonly (string)[];
};

/** Pool, as it is received. */
export type V1PoolInput = {
  readonly description?: string | null;
  readonly include_deferred?: boolean;
  readonly name?: string;
  readonly slots?: number;
};

/** Pool, as it is sent. */
export type V1Pool = {
  readonly deferred_slots: number;
  readonly description: string | null;
  readonly include_deferred: boolean;
  readonly name: string;
  readonly occupied_slots: number;
  readonly open_slots: number;
  readonly queued_slots: number;
  readonly running_slots: number;
  readonly scheduled_slots: number;
  readonly slots: number;
};

/** PoolCollection, as it is sent. */
export type V1PoolCollection = ({
  readonly pools: readonly (V1Pool)[];
}) & (V1CollectionInfo);

/** Provider, as it is sent. */
export type V1Provider = {
  readonly description: string;
  readonly package_name: string;
  readonly version: string;
};

/** ProviderCollection, as it is sent. */
export type V1ProviderCollection = {
  readonly providers: readonly (V1Provider)[];
};

/** QueuedEvent, as it is sent. */
export type V1QueuedEvent = {
  readonly created_at: string;
  readonly dag_id: string;
  readonly uri: string;
};

/** QueuedEventCollection, as it is sent. */
export type V1QueuedEventCollection = ({
  readonly datasets: readonly (V1QueuedEvent)[];
}) & (V1CollectionInfo);

/** RelativeDelta, as it is received. */
export type V1RelativeDeltaInput = {
  readonly __type: string;
  readonly day: number;
  readonly days: number;
  readonly hour: number;
  readonly hours: number;
  readonly leapdays: number;
  readonly microsecond: number;
  readonly microseconds: number;
  readonly minute: number;
  readonly minutes: number;
  readonly month: number;
  readonly months: number;
  readonly second: number;
  readonly seconds: number;
  readonly year: number;
  readonly years: number;
};

/** RelativeDelta, as it is sent. */
export type V1RelativeDelta = {
  readonly __type: string;
  readonly day: number;
  readonly days: number;
  readonly hour: number;
  readonly hours: number;
  readonly leapdays: number;
  readonly microsecond: number;
  readonly microseconds: number;
  readonly minute: number;
  readonly minutes: number;
  readonly month: number;
  readonly months: number;
  readonly second: number;
  readonly seconds: number;
  readonly year: number;
  readonly years: number;
};

/** Resource, as it is received. */
export type V1ResourceInput = {
  readonly name?: string;
};

/** Resource, as it is sent. */
export type V1Resource = {
  readonly name: string;
};

/** Role, as it is received. */
export type V1RoleInput = {
  readonly actions?: readonly (V1ActionResourceInput)[];
  readonly name?: string;
};

/** Role, as it is sent. */
export type V1Role = {
  readonly actions: readonly (V1ActionResource)[];
  readonly name: string;
};

/** RoleCollection, as it is sent. */
export type V1RoleCollection = ({
  readonly roles: readonly (V1Role)[];
}) & (V1CollectionInfo);

/** SLAMiss, as it is sent. */
export type V1SLAMiss = {
  readonly dag_id: string;
  readonly description: string | null;
  readonly email_sent: boolean;
  readonly execution_date: string;
  readonly notification_sent: boolean;
  readonly task_id: string;
  readonly timestamp: string;
} | null;

/** ScheduleInterval, as it is received. */
export type V1ScheduleIntervalInput = (V1TimeDeltaInput) | (V1RelativeDeltaInput) | (V1CronExpressionInput) | null;

/** ScheduleInterval, as it is sent. */
export type V1ScheduleInterval = (V1TimeDelta) | (V1RelativeDelta) | (V1CronExpression) | null;

/** SchedulerStatus, as it is sent. */
export type V1SchedulerStatus = {
  readonly latest_scheduler_heartbeat: string | null;
  readonly status: V1HealthStatus;
};

/** SetDagRunNote, as it is received. */
export type V1SetDagRunNoteInput = {
  readonly note?: string;
};

/** SetTaskInstanceNote, as it is received. */
export type V1SetTaskInstanceNoteInput = {
  readonly note: string;
};

/** Tag, as it is sent. */
export type V1Tag = {
  readonly name: string;
};

/** Task, as it is sent. */
export type V1Task = {
  readonly class_ref: V1ClassReference;
  readonly depends_on_past: boolean;
  readonly doc_md: string | null;
  readonly downstream_task_ids: readonly (string)[];
  readonly end_date: string | null;
  readonly execution_timeout: V1TimeDelta;
  readonly executor: string | null;
  readonly extra_links: readonly ({
  readonly class_ref: V1ClassReference;
})[];
  readonly is_mapped: boolean;
  readonly owner: string;
  readonly pool: string;
  readonly pool_slots: number;
  readonly priority_weight: number;
  readonly queue: string | null;
  readonly retries: number;
  readonly retry_delay: V1TimeDelta;
  readonly retry_exponential_backoff: boolean;
  readonly start_date: string | null;
  readonly sub_dag: V1DAG;
  readonly task_display_name: string;
  readonly task_id: string;
  readonly template_fields: readonly (string)[];
  readonly trigger_rule: V1TriggerRule;
  readonly ui_color: V1Color;
  readonly ui_fgcolor: V1Color;
  readonly wait_for_downstream: boolean;
  readonly weight_rule: V1WeightRule;
};

/** TaskCollection, as it is sent. */
export type V1TaskCollection = {
  readonly tasks: readonly (V1Task)[];
};

/** TaskFailedDependency, as it is sent. */
export type V1TaskFailedDependency = {
  readonly name: string;
  readonly reason: string;
};

/** TaskInstance, as it is sent. */
export type V1TaskInstance = {
  readonly dag_id: string;
  readonly dag_run_id: string;
  readonly duration: number | null;
  readonly end_date: string | null;
  readonly execution_date: string;
  readonly executor: string | null;
  readonly executor_config: string;
  readonly hostname: string;
  readonly map_index: number;
  readonly max_tries: number;
  readonly note: string | null;
  readonly operator: string | null;
  readonly pid: number | null;
  readonly pool: string;
  readonly pool_slots: number;
  readonly priority_weight: number | null;
  readonly queue: string | null;
  readonly queued_when: string | null;
  readonly rendered_fields: Readonly<Record<string, unknown>>;
  readonly rendered_map_index: string | null;
  readonly sla_miss: V1SLAMiss;
  readonly start_date: string | null;
  readonly state: V1TaskState;
  readonly task_display_name: string;
  readonly task_id: string;
  readonly trigger: V1Trigger;
  readonly triggerer_job: V1Job;
  readonly try_number: number;
  readonly unixname: string;
};

/** TaskInstanceCollection, as it is sent. */
export type V1TaskInstanceCollection = ({
  readonly task_instances: readonly (V1TaskInstance)[];
}) & (V1CollectionInfo);

/** TaskInstanceDependencyCollection, as it is sent. */
export type V1TaskInstanceDependencyCollection = {
  readonly dependencies: readonly (V1TaskFailedDependency)[];
};

/** TaskInstanceReference, as it is sent. */
export type V1TaskInstanceReference = {
  readonly dag_id: string;
  readonly dag_run_id: string;
  readonly execution_date: string;
  readonly task_id: string;
};

/** TaskInstanceReferenceCollection, as it is sent. */
export type V1TaskInstanceReferenceCollection = {
  readonly task_instances: readonly (V1TaskInstanceReference)[];
};

/** TaskOutletDatasetReference, as it is sent. */
export type V1TaskOutletDatasetReference = {
  readonly created_at: string;
  readonly dag_id: string | null;
  readonly task_id: string | null;
  readonly updated_at: string;
};

/** TaskState, as it is received. */
export type V1TaskStateInput = null | "success" | "running" | "failed" | "upstream_failed" | "skipped" | "up_for_retry" | "up_for_reschedule" | "queued" | "none" | "scheduled" | "deferred" | "removed" | "restarting";

/** TaskState, as it is sent. */
export type V1TaskState = null | "success" | "running" | "failed" | "upstream_failed" | "skipped" | "up_for_retry" | "up_for_reschedule" | "queued" | "none" | "scheduled" | "deferred" | "removed" | "restarting";

/** TimeDelta, as it is received. */
export type V1TimeDeltaInput = {
  readonly __type: string;
  readonly days: number;
  readonly microseconds: number;
  readonly seconds: number;
} | null;

/** TimeDelta, as it is sent. */
export type V1TimeDelta = {
  readonly __type: string;
  readonly days: number;
  readonly microseconds: number;
  readonly seconds: number;
} | null;

/** Timezone, as it is sent. */
export type V1Timezone = string;

/** Trigger, as it is sent. */
export type V1Trigger = {
  readonly classpath: string;
  readonly created_date: string;
  readonly id: number;
  readonly kwargs: string;
  readonly triggerer_id: number | null;
} | null;

/** TriggerRule, as it is sent. */
export type V1TriggerRule = "all_success" | "all_failed" | "all_done" | "all_done_setup_success" | "one_success" | "one_failed" | "one_done" | "none_failed" | "none_skipped" | "none_failed_or_skipped" | "none_failed_min_one_success" | "dummy" | "all_skipped" | "always";

/** TriggererStatus, as it is sent. */
export type V1TriggererStatus = {
  readonly latest_triggerer_heartbeat: string | null;
  readonly status: V1HealthStatus;
};

/** UpdateDagRunState, as it is received. */
export type V1UpdateDagRunStateInput = {
  readonly state?: "success" | "failed" | "queued";
};

/** UpdateTaskInstance, as it is received. */
export type V1UpdateTaskInstanceInput = {
  readonly dry_run?: boolean;
  readonly new_state?: V1UpdateTaskStateInput;
};

/** UpdateTaskInstancesState, as it is received. */
export type V1UpdateTaskInstancesStateInput = {
  readonly dag_run_id?: string;
  readonly dry_run?: boolean;
  readonly execution_date?: string;
  readonly include_downstream?: boolean;
  readonly include_future?: boolean;
  readonly include_past?: boolean;
  readonly include_upstream?: boolean;
  readonly new_state?: V1UpdateTaskStateInput;
  readonly task_id?: string;
};

/** UpdateTaskState, as it is received. */
export type V1UpdateTaskStateInput = "success" | "failed" | "skipped";

/** User, as it is received. */
export type V1UserInput = (V1UserCollectionItemInput) & ({
  readonly password?: string;
});

/** User, as it is sent. */
export type V1User = (V1UserCollectionItem) & ({

});

/** UserCollection, as it is sent. */
export type V1UserCollection = ({
  readonly users: readonly (V1UserCollectionItem)[];
}) & (V1CollectionInfo);

/** UserCollectionItem, as it is received. */
export type V1UserCollectionItemInput = {
  readonly email?: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly roles?: readonly ({
  readonly name?: string;
} | null)[];
  readonly username?: string;
};

/** UserCollectionItem, as it is sent. */
export type V1UserCollectionItem = {
  readonly active: boolean | null;
  readonly changed_on: string | null;
  readonly created_on: string | null;
  readonly email: string;
  readonly failed_login_count: number | null;
  readonly first_name: string;
  readonly last_login: string | null;
  readonly last_name: string;
  readonly login_count: number | null;
  readonly roles: readonly ({
  readonly name: string;
} | null)[];
  readonly username: string;
};

/** Variable, as it is received. */
export type V1VariableInput = (V1VariableCollectionItemInput) & ({
  readonly value?: string;
});

/** Variable, as it is sent. */
export type V1Variable = (V1VariableCollectionItem) & ({
  readonly value: string;
});

/** VariableCollection, as it is sent. */
export type V1VariableCollection = ({
  readonly variables: readonly (V1VariableCollectionItem)[];
}) & (V1CollectionInfo);

/** VariableCollectionItem, as it is received. */
export type V1VariableCollectionItemInput = {
  readonly description?: string | null;
  readonly key?: string;
};

/** VariableCollectionItem, as it is sent. */
export type V1VariableCollectionItem = {
  readonly description: string | null;
  readonly key: string;
};

/** VersionInfo, as it is sent. */
export type V1VersionInfo = {
  readonly git_version: string | null;
  readonly version: string;
};

/** WeightRule, as it is sent. */
export type V1WeightRule = "downstream" | "upstream" | "absolute";

/** XCom, as it is sent. */
export type V1XCom = (V1XComCollectionItem) & ({
  readonly value: (string) | (number) | (number) | (boolean) | (readonly (unknown)[]) | (Readonly<Record<string, unknown>>);
});

/** XComCollection, as it is sent. */
export type V1XComCollection = ({
  readonly xcom_entries: readonly (V1XComCollectionItem)[];
}) & (V1CollectionInfo);

/** XComCollectionItem, as it is sent. */
export type V1XComCollectionItem = {
  readonly dag_id: string;
  readonly execution_date: string;
  readonly key: string;
  readonly map_index: number;
  readonly task_id: string;
  readonly timestamp: string;
};

/** What each operation takes and answers, by operation id. */
export interface V1Operations {
  readonly get_config: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly section?: string; };
    readonly body: undefined;
    readonly answer: V1Config;
  };
  readonly get_value: {
    readonly path: { readonly section: string; readonly option: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1Config;
  };
  readonly get_connections: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly limit?: number; readonly offset?: number; readonly order_by?: string; };
    readonly body: undefined;
    readonly answer: V1ConnectionCollection;
  };
  readonly post_connection: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1ConnectionInput;
    readonly answer: V1Connection;
  };
  readonly test_connection: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1ConnectionInput;
    readonly answer: V1ConnectionTest;
  };
  readonly get_connection: {
    readonly path: { readonly connection_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1Connection;
  };
  readonly patch_connection: {
    readonly path: { readonly connection_id: string; };
    readonly query: { readonly update_mask?: readonly (string)[]; };
    readonly body: V1ConnectionInput;
    readonly answer: V1Connection;
  };
  readonly delete_connection: {
    readonly path: { readonly connection_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly get_dag_source: {
    readonly path: { readonly file_token: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: {
  readonly content: string;
};
  };
  readonly get_dag_stats: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly dag_ids: string; };
    readonly body: undefined;
    readonly answer: V1DagStatsCollectionSchema;
  };
  readonly get_dag_warnings: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly dag_id?: string; readonly warning_type?: string; readonly limit?: number; readonly offset?: number; readonly order_by?: string; };
    readonly body: undefined;
    readonly answer: V1DagWarningCollection;
  };
  readonly get_dags: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly limit?: number; readonly offset?: number; readonly order_by?: string; readonly tags?: readonly (string)[]; readonly only_active?: boolean; readonly paused?: boolean; readonly fields?: readonly (string)[]; readonly dag_id_pattern?: string; };
    readonly body: undefined;
    readonly answer: V1DAGCollection;
  };
  readonly patch_dags: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly limit?: number; readonly offset?: number; readonly tags?: readonly (string)[]; readonly update_mask?: readonly (string)[]; readonly only_active?: boolean; readonly dag_id_pattern: string; };
    readonly body: V1DAGInput;
    readonly answer: V1DAGCollection;
  };
  readonly get_dag: {
    readonly path: { readonly dag_id: string; };
    readonly query: { readonly fields?: readonly (string)[]; };
    readonly body: undefined;
    readonly answer: V1DAG;
  };
  readonly patch_dag: {
    readonly path: { readonly dag_id: string; };
    readonly query: { readonly update_mask?: readonly (string)[]; };
    readonly body: V1DAGInput;
    readonly answer: V1DAG;
  };
  readonly delete_dag: {
    readonly path: { readonly dag_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly post_clear_task_instances: {
    readonly path: { readonly dag_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1ClearTaskInstancesInput;
    readonly answer: V1TaskInstanceReferenceCollection;
  };
  readonly get_dag_runs: {
    readonly path: { readonly dag_id: string; };
    readonly query: { readonly limit?: number; readonly offset?: number; readonly execution_date_gte?: string; readonly execution_date_lte?: string; readonly start_date_gte?: string; readonly start_date_lte?: string; readonly end_date_gte?: string; readonly end_date_lte?: string; readonly updated_at_gte?: string; readonly updated_at_lte?: string; readonly state?: readonly (string)[]; readonly order_by?: string; readonly fields?: readonly (string)[]; };
    readonly body: undefined;
    readonly answer: V1DAGRunCollection;
  };
  readonly post_dag_run: {
    readonly path: { readonly dag_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1DAGRunInput;
    readonly answer: V1DAGRun;
  };
  readonly get_dag_run: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; };
    readonly query: { readonly fields?: readonly (string)[]; };
    readonly body: undefined;
    readonly answer: V1DAGRun;
  };
  readonly update_dag_run_state: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1UpdateDagRunStateInput;
    readonly answer: V1DAGRun;
  };
  readonly delete_dag_run: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly clear_dag_run: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1ClearDagRunInput;
    readonly answer: (V1DAGRun) | (V1TaskInstanceCollection);
  };
  readonly set_dag_run_note: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1SetDagRunNoteInput;
    readonly answer: V1DAGRun;
  };
  readonly get_task_instances: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; };
    readonly query: { readonly execution_date_gte?: string; readonly execution_date_lte?: string; readonly start_date_gte?: string; readonly start_date_lte?: string; readonly end_date_gte?: string; readonly end_date_lte?: string; readonly updated_at_gte?: string; readonly updated_at_lte?: string; readonly duration_gte?: number; readonly duration_lte?: number; readonly state?: readonly (string)[]; readonly pool?: readonly (string)[]; readonly queue?: readonly (string)[]; readonly executor?: readonly (string)[]; readonly limit?: number; readonly offset?: number; };
    readonly body: undefined;
    readonly answer: V1TaskInstanceCollection;
  };
  readonly get_task_instance: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1TaskInstance;
  };
  readonly patch_task_instance: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1UpdateTaskInstanceInput;
    readonly answer: V1TaskInstanceReference;
  };
  readonly get_task_instance_dependencies: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1TaskInstanceDependencyCollection;
  };
  readonly get_extra_links: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1ExtraLinkCollection;
  };
  readonly get_mapped_task_instances: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; };
    readonly query: { readonly limit?: number; readonly offset?: number; readonly execution_date_gte?: string; readonly execution_date_lte?: string; readonly start_date_gte?: string; readonly start_date_lte?: string; readonly end_date_gte?: string; readonly end_date_lte?: string; readonly updated_at_gte?: string; readonly updated_at_lte?: string; readonly duration_gte?: number; readonly duration_lte?: number; readonly state?: readonly (string)[]; readonly pool?: readonly (string)[]; readonly queue?: readonly (string)[]; readonly executor?: readonly (string)[]; readonly order_by?: string; };
    readonly body: undefined;
    readonly answer: V1TaskInstanceCollection;
  };
  readonly get_log: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; readonly task_try_number: number; };
    readonly query: { readonly full_content?: boolean; readonly map_index?: number; readonly token?: string; };
    readonly body: undefined;
    readonly answer: {
  readonly content: string;
  readonly continuation_token: string;
};
  };
  readonly set_task_instance_note: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1SetTaskInstanceNoteInput;
    readonly answer: V1TaskInstance;
  };
  readonly get_task_instance_tries: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; };
    readonly query: { readonly limit?: number; readonly offset?: number; readonly order_by?: string; };
    readonly body: undefined;
    readonly answer: V1TaskInstanceCollection;
  };
  readonly get_task_instance_try_details: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; readonly task_try_number: number; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1TaskInstance;
  };
  readonly get_xcom_entries: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; };
    readonly query: { readonly map_index?: number; readonly xcom_key?: string; readonly limit?: number; readonly offset?: number; };
    readonly body: undefined;
    readonly answer: V1XComCollection;
  };
  readonly get_xcom_entry: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; readonly xcom_key: string; };
    readonly query: { readonly map_index?: number; readonly deserialize?: boolean; readonly stringify?: boolean; };
    readonly body: undefined;
    readonly answer: V1XCom;
  };
  readonly get_mapped_task_instance: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; readonly map_index: number; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1TaskInstance;
  };
  readonly patch_mapped_task_instance: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; readonly map_index: number; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1UpdateTaskInstanceInput;
    readonly answer: V1TaskInstanceReference;
  };
  readonly get_mapped_task_instance_dependencies: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; readonly map_index: number; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1TaskInstanceDependencyCollection;
  };
  readonly set_mapped_task_instance_note: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; readonly map_index: number; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1SetTaskInstanceNoteInput;
    readonly answer: V1TaskInstance;
  };
  readonly get_mapped_task_instance_tries: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; readonly map_index: number; };
    readonly query: { readonly limit?: number; readonly offset?: number; readonly order_by?: string; };
    readonly body: undefined;
    readonly answer: V1TaskInstanceCollection;
  };
  readonly get_mapped_task_instance_try_details: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; readonly task_id: string; readonly map_index: number; readonly task_try_number: number; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1TaskInstance;
  };
  readonly get_upstream_dataset_events: {
    readonly path: { readonly dag_id: string; readonly dag_run_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1DatasetEventCollection;
  };
  readonly get_dag_dataset_queued_events: {
    readonly path: { readonly dag_id: string; };
    readonly query: { readonly before?: string; };
    readonly body: undefined;
    readonly answer: V1QueuedEventCollection;
  };
  readonly delete_dag_dataset_queued_events: {
    readonly path: { readonly dag_id: string; };
    readonly query: { readonly before?: string; };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly get_dag_dataset_queued_event: {
    readonly path: { readonly dag_id: string; readonly uri: string; };
    readonly query: { readonly before?: string; };
    readonly body: undefined;
    readonly answer: V1QueuedEvent;
  };
  readonly delete_dag_dataset_queued_event: {
    readonly path: { readonly dag_id: string; readonly uri: string; };
    readonly query: { readonly before?: string; };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly get_dag_details: {
    readonly path: { readonly dag_id: string; };
    readonly query: { readonly fields?: readonly (string)[]; };
    readonly body: undefined;
    readonly answer: V1DAGDetail;
  };
  readonly get_tasks: {
    readonly path: { readonly dag_id: string; };
    readonly query: { readonly order_by?: string; };
    readonly body: undefined;
    readonly answer: V1TaskCollection;
  };
  readonly get_task: {
    readonly path: { readonly dag_id: string; readonly task_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1Task;
  };
  readonly post_set_task_instances_state: {
    readonly path: { readonly dag_id: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1UpdateTaskInstancesStateInput;
    readonly answer: V1TaskInstanceReferenceCollection;
  };
  readonly get_dag_runs_batch: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1ListDagRunsFormInput;
    readonly answer: V1DAGRunCollection;
  };
  readonly get_task_instances_batch: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1ListTaskInstanceFormInput;
    readonly answer: V1TaskInstanceCollection;
  };
  readonly get_datasets: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly limit?: number; readonly offset?: number; readonly order_by?: string; readonly uri_pattern?: string; readonly dag_ids?: string; };
    readonly body: undefined;
    readonly answer: V1DatasetCollection;
  };
  readonly get_dataset_events: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly limit?: number; readonly offset?: number; readonly order_by?: string; readonly dataset_id?: number; readonly source_dag_id?: string; readonly source_task_id?: string; readonly source_run_id?: string; readonly source_map_index?: number; };
    readonly body: undefined;
    readonly answer: V1DatasetEventCollection;
  };
  readonly create_dataset_event: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1CreateDatasetEventInput;
    readonly answer: V1DatasetEvent;
  };
  readonly get_dataset_queued_events: {
    readonly path: { readonly uri: string; };
    readonly query: { readonly before?: string; };
    readonly body: undefined;
    readonly answer: V1QueuedEventCollection;
  };
  readonly delete_dataset_queued_events: {
    readonly path: { readonly uri: string; };
    readonly query: { readonly before?: string; };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly get_dataset: {
    readonly path: { readonly uri: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1Dataset;
  };
  readonly get_event_logs: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly limit?: number; readonly offset?: number; readonly order_by?: string; readonly dag_id?: string; readonly task_id?: string; readonly run_id?: string; readonly map_index?: number; readonly try_number?: number; readonly event?: string; readonly owner?: string; readonly before?: string; readonly after?: string; readonly included_events?: string; readonly excluded_events?: string; };
    readonly body: undefined;
    readonly answer: V1EventLogCollection;
  };
  readonly get_event_log: {
    readonly path: { readonly event_log_id: number; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1EventLog;
  };
  readonly get_health: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1HealthInfo;
  };
  readonly get_import_errors: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly limit?: number; readonly offset?: number; readonly order_by?: string; };
    readonly body: undefined;
    readonly answer: V1ImportErrorCollection;
  };
  readonly get_import_error: {
    readonly path: { readonly import_error_id: number; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1ImportError;
  };
  readonly reparse_dag_file: {
    readonly path: { readonly file_token: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly get_permissions: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly limit?: number; readonly offset?: number; };
    readonly body: undefined;
    readonly answer: V1ActionCollection;
  };
  readonly get_plugins: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly limit?: number; readonly offset?: number; };
    readonly body: undefined;
    readonly answer: V1PluginCollection;
  };
  readonly get_pools: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly limit?: number; readonly offset?: number; readonly order_by?: string; };
    readonly body: undefined;
    readonly answer: V1PoolCollection;
  };
  readonly post_pool: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1PoolInput;
    readonly answer: V1Pool;
  };
  readonly get_pool: {
    readonly path: { readonly pool_name: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1Pool;
  };
  readonly patch_pool: {
    readonly path: { readonly pool_name: string; };
    readonly query: { readonly update_mask?: readonly (string)[]; };
    readonly body: V1PoolInput;
    readonly answer: V1Pool;
  };
  readonly delete_pool: {
    readonly path: { readonly pool_name: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly get_providers: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: (V1ProviderCollection) & (V1CollectionInfo);
  };
  readonly get_roles: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly limit?: number; readonly offset?: number; readonly order_by?: string; };
    readonly body: undefined;
    readonly answer: V1RoleCollection;
  };
  readonly post_role: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1RoleInput;
    readonly answer: V1Role;
  };
  readonly get_role: {
    readonly path: { readonly role_name: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1Role;
  };
  readonly patch_role: {
    readonly path: { readonly role_name: string; };
    readonly query: { readonly update_mask?: readonly (string)[]; };
    readonly body: V1RoleInput;
    readonly answer: V1Role;
  };
  readonly delete_role: {
    readonly path: { readonly role_name: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly get_users: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly limit?: number; readonly offset?: number; readonly order_by?: string; };
    readonly body: undefined;
    readonly answer: V1UserCollection;
  };
  readonly post_user: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1UserInput;
    readonly answer: V1User;
  };
  readonly get_user: {
    readonly path: { readonly username: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1UserCollectionItem;
  };
  readonly patch_user: {
    readonly path: { readonly username: string; };
    readonly query: { readonly update_mask?: readonly (string)[]; };
    readonly body: V1UserInput;
    readonly answer: V1UserCollectionItem;
  };
  readonly delete_user: {
    readonly path: { readonly username: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly get_variables: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: { readonly limit?: number; readonly offset?: number; readonly order_by?: string; };
    readonly body: undefined;
    readonly answer: V1VariableCollection;
  };
  readonly post_variables: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: V1VariableInput;
    readonly answer: V1Variable;
  };
  readonly get_variable: {
    readonly path: { readonly variable_key: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1Variable;
  };
  readonly patch_variable: {
    readonly path: { readonly variable_key: string; };
    readonly query: { readonly update_mask?: readonly (string)[]; };
    readonly body: V1VariableInput;
    readonly answer: V1Variable;
  };
  readonly delete_variable: {
    readonly path: { readonly variable_key: string; };
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly get_version: {
    readonly path: Readonly<Record<string, never>>;
    readonly query: Readonly<Record<string, never>>;
    readonly body: undefined;
    readonly answer: V1VersionInfo;
  };
}
