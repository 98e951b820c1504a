export { bash, type BashFactory, type BashOptions } from "./bash.ts";
export type { FieldValue, HttpOptions, HttpResponse } from "./http/http-options.ts";
export { http, type HttpFactory } from "./http/http.ts";
export { python, type PythonFactory, type PythonOptions } from "./python.ts";
export { triggerDag, type TriggerDagOptions, type TriggeredDag } from "./trigger-dag.ts";
