import { MillraceError } from "@millrace/core";
import { V1_OPERATIONS, type V1Id, type V1Operation } from "../v1/contract.ts";

/** The operation of that id. @throws MillraceError BAD_ARGUMENT */
export function findV1Operation(id: V1Id): V1Operation {
  const found = V1_OPERATIONS.find((operation) => operation.id === id);
  if (found) return found;
  throw new MillraceError("BAD_ARGUMENT", `API v1 has no operation ${id}`);
}
