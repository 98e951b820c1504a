import type { Connection } from "@millrace/core";
import { cleanText } from "../commit/text-rules.ts";

/** What a connection is ordered by. It stands beside the seal, so without a login: hosts of some types are whole addresses. */
export function sortKeysOf({ host, port }: Connection): { readonly host: string | null; readonly port: number | null } {
  return { host: host === undefined ? null : cleanText(host.replace(/\/\/[^/@]*@/, "//")), port: port ?? null };
}
