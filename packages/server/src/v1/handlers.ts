import type { V1Id, V1Operations } from "@millrace/api";
import type { Call } from "../http/call.ts";
import type { Reply } from "../http/reply.ts";

/** A request to an operation of API v1. */
export type V1Call<Id extends V1Id> = Call<
  V1Operations[Id]["path"],
  V1Operations[Id]["query"],
  V1Operations[Id]["body"]
>;

/** What an operation of API v1 answers. */
export type V1Answer<Id extends V1Id> = V1Operations[Id]["answer"];

/** Carries out an operation of API v1. */
export type V1Handler<Id extends V1Id> = (call: V1Call<Id>) => Promise<V1Answer<Id> | Reply>;

/** A handler for each operation. Every file of this folder makes some of them. */
export type V1Handlers = { readonly [Id in V1Id]: V1Handler<Id> };
