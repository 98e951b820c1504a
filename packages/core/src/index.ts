export {
  ERROR_TABLE,
  MillraceError,
  isErrorCode,
  isMillraceError,
  type ErrorCode,
  type ErrorKind,
  type MillraceErrorOptions,
} from "./errors.ts";
export { formatDuration, parseDuration } from "./model/duration.ts";
export { formatSpan } from "./model/span-text.ts";
export { formatInZone } from "./model/zone-text.ts";
export { formatInstant, parseInstant } from "./model/instant-text.ts";
export { MICROS, type Duration, type Micros } from "./model/instant.ts";
export { asset, isAssetExpression, type Asset, type AssetExpression } from "./dsl/asset.ts";
export type { Body, BuiltDag, EachList, ValueSources } from "./dsl/body.ts";
export { listCallbacks, notifier, runCallback, type Callback, type Callbacks, type Notifier } from "./dsl/callback.ts";
export { buildDag, dag, findDags, isDag, type DagDefinition } from "./dsl/dag.ts";
export { instanceAddress, type InstancePlace } from "./dsl/instance-address.ts";
export { resolveValues } from "./dsl/resolve-values.ts";
export { findPages, isPage, page, type PageBody, type PageDefinition, type PageOptions } from "./dsl/page.ts";
export type { DagOrId, PageContext, PageInstance, PageResult, PageRun } from "./dsl/page-context.ts";
export type {
  Bar,
  BarsPanel,
  CellState,
  Panel,
  PanelLink,
  PanelState,
  SeriesLine,
  SeriesPanel,
  StatPanel,
  StatusItem,
  StatusPanel,
  TableCell,
  TableColumn,
  TablePanel,
  TextPanel,
  Threshold,
} from "./pages/panel.ts";
export { readPanels } from "./pages/read-panels.ts";
export type { FoundPage, PageIcon, PageInfo } from "./pages/page-info.ts";
export type { PageData, Pages, PageStore, RecentInstance, RecentResult, SavedPage } from "./ports/pages.ts";
export type { Connection } from "./dsl/connection.ts";
export {
  connectionFields,
  connectionUri,
  readConnection,
  type ConnectionFields,
} from "./connections/connection-text.ts";
export {
  connectionForm,
  flagField,
  isYes,
  portField,
  secretField,
  textField,
  textOf,
  type FormField,
} from "./connections/connection-form.ts";
export { describeProvider, type OperatorDescription, type ProviderDescription } from "./providers/describe-provider.ts";
export {
  isProvider,
  provider,
  type Provider,
  type ProviderConnectionType,
  type ProviderDefinition,
  type ProviderPart,
  type TrialTools,
} from "./providers/provider.ts";
export { maskExtra, maskHost, restoreExtra, restoreHost } from "./connections/mask-connection.ts";
export { connectionSecrets } from "./connections/connection-secrets.ts";
export { validateConnection } from "./connections/validate-connection.ts";
export { parseConnection } from "./connections/parse-connection.ts";
export { isSecretName } from "./connections/secret-names.ts";
export type { SecretsBackend } from "./ports/secrets-backend.ts";
export type { ConnectionForm, ConnectionTrial, ConnectionType, ConnectionTypes } from "./ports/connection-types.ts";
export type {
  ConnectionOrder,
  ConnectionRecord,
  ConnectionStore,
  ConnectionWrite,
  CountedPart,
  OrderedRequest,
  PoolOrder,
  PoolRecord,
  PoolStore,
  PoolUse,
  PoolWrite,
  SettingsStore,
  VariableOrder,
  VariableRecord,
  VariableStore,
  VariableWrite,
} from "./ports/settings.ts";
export type {
  AnyParams,
  AssetAccess,
  AssetEvent,
  CallbackContext,
  Context,
  DagAccess,
  DataInterval,
  Log,
  LogFields,
  PreviousRun,
  Resumed,
  RunContext,
  RunLook,
  RunQuestion,
  TriggeredRun,
  UpstreamState,
  XComAccess,
} from "./dsl/context.ts";
export {
  concat,
  handleSource,
  pick,
  refSource,
  stream,
  transform,
  type HandleSource,
  type RefSource,
  type Arg,
  type Args,
  type Each,
  type Handle,
  type Item,
  type ItemHandles,
  type Items,
  type Mappable,
  type MappedList,
  type Ref,
  type Value,
  type Values,
} from "./dsl/handle.ts";
export {
  operator,
  operatorCall,
  type AnyOperatorSpec,
  type Operator,
  type OperatorCall,
  type OperatorFactory,
  type OperatorSpec,
  type Trigger,
} from "./dsl/operator.ts";
export type {
  Choice,
  Condition,
  DagOptions,
  RetentionOptions,
  Defaults,
  Group,
  GroupMark,
  GroupOptions,
  MapOptions,
  SensorOptions,
  ShortCircuitOptions,
  TaskOptions,
  TeardownOptions,
  Upstream,
} from "./dsl/options.ts";
export { connection, item, jsonVariable, template, variable } from "./dsl/refs.ts";
export {
  githubSignature,
  hmacSignature,
  sharedKey,
  slackSignature,
  stripeSignature,
  type SecretOptions,
  type SecretRef,
  type SignatureScheme,
} from "./dsl/signatures.ts";
export { webhook, type Webhook } from "./dsl/webhook.ts";
export type { WebhookOptions } from "./dsl/webhook-options.ts";
export { header, pointer, type Header, type Pointer } from "./dsl/webhook-values.ts";
export type { GraphWebhook, WebhookDedupe, WebhookSecret, WebhookSignature, WebhookValue } from "./graph/webhook.ts";
export { confOfBody, dedupeKeyOf, readBody, type Delivered } from "./webhooks/conf-of-body.ts";
export type {
  DeliveryInfo,
  DeliveryOutcome,
  NewDelivery,
  PresentWebhook,
  Received,
  RefusedDelivery,
  WebhookInfo,
  Webhooks,
} from "./ports/webhooks.ts";
export {
  assetsOrTime,
  continuous,
  cron,
  cronTrigger,
  customTimetable,
  events,
  every,
  nextCustomTimes,
  once,
  type CustomInterval,
  type CustomTimetable,
  type NextInterval,
} from "./dsl/schedules.ts";
export {
  zip,
  type BodyOf,
  type Branch,
  type Found,
  type MappedScope,
  type MapOut,
  type Result,
  type Scope,
  type Zip,
} from "./dsl/scope.ts";
export {
  defer,
  Deferral,
  isSkip,
  Permanent,
  readSignal,
  RetryAfter,
  Skip,
  SKIP,
  skip,
  type DeferRequest,
  type Signal,
  type SkipValue,
} from "./dsl/signals.ts";
export { listsOf } from "./graph/lists-of.ts";
export { KEEP_ALL, type RetentionPolicy } from "./model/retention-policy.ts";
export { DEFAULT_RULES, type NetworkRules, type SystemRules } from "./model/system-rules.ts";
export { overrideSchedule } from "./graph/override-schedule.ts";
export { compileGraph, type CompiledGraph } from "./graph/compiled-graph.ts";
export type {
  DagCallback,
  Graph,
  GraphDag,
  GraphEach,
  GraphEachSource,
  GraphEdge,
  GraphGroup,
  GraphInput,
  GraphList,
  GraphParam,
  GraphSensor,
  GraphTask,
  TaskCallback,
  ScheduleOverride,
} from "./graph/graph.ts";
export { loadRun, isFinished, Run, type Instance, type RunHead } from "./model/run.ts";
export {
  isFine,
  isLive,
  isTerminal,
  RUN_STATES,
  RUN_TYPES,
  TASK_STATES,
  type RunState,
  type RunType,
  type TaskState,
} from "./model/states.ts";
export { TRIGGER_RULES, type TriggerRule } from "./model/trigger-rule.ts";
export { admit } from "./plan/admit.ts";
export { apply } from "./plan/apply.ts";
export type {
  AssetUpdate,
  CallbackRequest,
  Cause,
  DeleteChange,
  EndChange,
  InsertChange,
  InstanceChange,
  LogRef,
  NewRun,
  Obligation,
  QueueChange,
  RunAssetEvent,
  RunChanges,
  RunPatch,
  SetChange,
  StartChange,
  StoredValue,
  XComPush,
} from "./plan/changes.ts";
export { createRun, mayBegin, toCreation, type CreateRunOptions } from "./plan/create-run.ts";
export { Draft } from "./plan/draft.ts";
export type { PastStates } from "./plan/evaluate.ts";
export { paramLength } from "./plan/expand.ts";
export type { Refusal, RunEvent } from "./plan/events.ts";
export { moveToVersion, type VersionMove } from "./plan/move-version.ts";
export { backfillAction, checkBackfill, chooseTasks, type BackfillAction } from "./plan/backfill.ts";
export { preview, type Preview, type PreviewedInstance, type PreviewOn } from "./plan/preview.ts";
export { planRun, type Facts, type RunPlan } from "./plan/plan-run.ts";
export type {
  Accounts,
  Counted,
  NewUser,
  OffsetPage,
  Permission,
  Role,
  RoleOrder,
  User,
  UserOrder,
  UserOrigin,
  UserPatch,
} from "./ports/accounts.ts";
export type {
  Identity,
  Logins,
  NewSession,
  NewToken,
  SignIn,
  ThrottleRule,
  ThrottleSubject,
  TokenInfo,
} from "./ports/logins.ts";
export type {
  AssetEventsRequest,
  AssetLists,
  AssetsRequest,
  CreatedRun,
  NumberedAsset,
  NumberedAssetEvent,
  QueuedAsset,
  QueuedAssetsRequest,
} from "./ports/asset-lists.ts";
export type { InstanceTotal, RunTotal, Totals, TotalsRequest } from "./ports/totals.ts";
export type { Audit, AuditEntry, AuditOrder, AuditRequest, AuditRow } from "./ports/audit.ts";
export type {
  BackfillInfo,
  BackfillRow,
  BackfillState,
  BackfillWish,
  Reprocess,
  RunAtDate,
} from "./ports/backfills.ts";
export type { Signer } from "./ports/signer.ts";
export type {
  DagFilter,
  DagLists,
  DagWarning,
  ListedDag,
  ListedImportError,
  OffsetList,
  OffsetRequest,
} from "./ports/dag-lists.ts";
export type { ParseRequests } from "./ports/parse-requests.ts";
export type { Answer, Command, InboxMessage, InstanceSelector } from "./ports/commands.ts";
export type { BusyWorker, Cell, FoundThings, KeyedAnswer, KeyedRequest, OwnApiStore } from "./ports/own-api-store.ts";
export type {
  Activity,
  CalendarDay,
  DagFacets,
  DagLink,
  DagOverview,
  DagOverviewRequest,
  FailedRun,
  HomeFacts,
  InstanceCounts,
  FoundInstance,
  InstanceSearch,
  InstanceWindow,
  LateDag,
  NamedRun,
  Overviews,
  QueueUse,
  RecentRun,
  RunCounts,
  RunDuration,
  TaskDuration,
  TaskInstanceDetail,
  WindowedInstance,
} from "./ports/overviews.ts";
export type { ChangeFeed, FeedEvent, FeedPage, PlacedEvent } from "./ports/event-stream.ts";
export type {
  ClaimedDag,
  CommitBatch,
  CommitResult,
  DagPatch,
  DagRow,
  EngineStore,
  FoundDag,
  FoundFile,
  ImportError,
  InboxRow,
  InstanceRow,
  OutboxRow,
  PoolGrant,
  QueuedAssetEvent,
  ResultKey,
  RunHeadRow,
  RunRow,
  VersionCode,
  VersionKey,
} from "./ports/engine-store.ts";
export type {
  AssetEventInfo,
  AssetInfo,
  AssetUpdated,
  ConnectionInfo,
  ConnectionInput,
  DagDetail,
  DagSummary,
  DagVersionInfo,
  InstanceRef,
  Page,
  PageRequest,
  PoolInfo,
  Queries,
  RunChangeRow,
  RunDetail,
  RunSummary,
  SchedulerInfo,
  TaskInstanceSummary,
  TaskTry,
  VariableInfo,
  VariableInput,
} from "./ports/queries.ts";
export type {
  InstanceFacts,
  InstanceStates,
  OpenBackfill,
  PoolFacts,
  PreviousRunFacts,
  RunFacts,
  SchedulerFacts,
  SlotUse,
  StateGroup,
  UnfinishedRuns,
  WhyDagFacts,
  WhyFacts,
  WhyQuestion,
} from "./ports/why.ts";
export { blobReference, findBlobKey, type BlobStore } from "./ports/blob-store.ts";
export {
  ENGINE_METRICS,
  type EngineMetricName,
  type HistogramValue,
  type MetricDefinition,
  type MetricSamples,
  type MetricSnapshot,
  type MetricsStore,
  type StoredSnapshot,
} from "./ports/metrics.ts";
export type {
  Claim,
  DispatchReview,
  Execution,
  LiveDispatch,
  RemoteDispatches,
  RemoteLogs,
} from "./ports/execution.ts";
export type { DatedResults, DatedResultsQuestion, PreviousSuccess } from "./ports/earlier-runs.ts";
export type { DatabaseCheck } from "./ports/database-check.ts";
export type { LogReader, TryLogLine } from "./ports/log-reader.ts";
export type {
  InstanceFilter,
  InstanceOrder,
  ListedInstance,
  ListedRun,
  ListedXCom,
  Notes,
  RunFilter,
  RunSearch,
  RunLists,
  RunOrder,
  Span,
  XComFilter,
} from "./ports/run-lists.ts";
export type {
  DagRetention,
  ExpiredRun,
  KeptSegment,
  RemovedRows,
  RetentionStore,
  RunLimits,
} from "./ports/retention.ts";
export type {
  CallbackAnswer,
  CallbackDispatch,
  Dispatch,
  DispatchInput,
  DispatchItem,
  DispatchRun,
  Executor,
  ExecutorUsage,
  Outcome,
  Report,
  TriggerAsk,
  WorkerCalls,
} from "./ports/executor.ts";
export { wantedFiles, type WantedFile } from "./dsl/wanted-files.ts";
export {
  compileTemplate,
  isTemplate,
  renderTemplate,
  type RenderOptions,
  type TemplateContext,
} from "./template/compile-template.ts";
export type { CompiledTemplate } from "./template/syntax.ts";
export { referencedNames, type ReferencedNames, type ReferencedXCom } from "./template/referenced-names.ts";
export { renderDeep, type RenderDeepOptions } from "./template/render-deep.ts";
export { templateContext, type TemplateConfiguration, type TemplateFacts } from "./template/template-context.ts";
export { describeSchedule } from "./timetable/describe-schedule.ts";
export { explainRun, zoneOf } from "./timetable/explain-run.ts";
export { manualInterval } from "./timetable/manual-interval.ts";
export { neighbourDates, type NeighbourDates } from "./timetable/neighbour-dates.ts";
export { backfillDates, refuseBackfill, type BackfillRange } from "./timetable/backfill-dates.ts";
export { nextRun, upcomingRuns, type NextRunQuery } from "./timetable/next-run.ts";
export { parseSchedule, validateSchedule } from "./timetable/parse-schedule.ts";
export type { AssetRule, DueRun, IntervalBounds, Schedule, TimeSchedule } from "./timetable/schedule.ts";
export { encodeValue, type EncodeOptions, type EncodedValue } from "./values/encode-value.ts";
export { decodeValue } from "./values/decode-value.ts";
export { itemAt, lengthOf } from "./values/elements.ts";
export {
  connectionEnvironmentKey,
  missingConnection,
  missingVariable,
  variableEnvironmentKey,
} from "./values/environment-keys.ts";
export { Secret, createMasker, isSecret, maskText } from "./values/secret.ts";
export { byteLength, cleanText, type CleanTextOptions } from "./values/text.ts";
export { parseConf } from "./params/parse-conf.ts";
export { declareParams, isParam, param, type Param, type ParamOptions, type ParamValues } from "./params/param.ts";
export {
  checkParamDefinitions,
  dumpParam,
  resolveParams,
  type ParamDump,
  type ParamSources,
} from "./params/resolve-params.ts";
export { nearName } from "./template/near-name.ts";
export type {
  Blocker,
  DagBlocker,
  Holder,
  InstanceBlocker,
  LimitBlocker,
  Origin,
  RunBlocker,
  TaskStates,
} from "./why/blocker.ts";
export type { Said, Saying } from "./why/said.ts";
export { sayBlocker } from "./why/say-blocker.ts";
export { openCase, type WhyCase, type WhyOptions } from "./why/why-case.ts";
export { nextRunQuery, whyDag } from "./why/why-dag.ts";
export { whyInstance } from "./why/why-instance.ts";
export { whyRun, whyTasks, type GroupAnswer } from "./why/why-run.ts";
