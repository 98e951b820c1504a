import type { MetaData } from "../log/actions.ts";

/** A type of Delta: the name of a simple one, or how it is made of others. */
export type DeltaType =
  | string
  | { readonly type: "struct"; readonly fields: readonly DeltaColumn[] }
  | { readonly type: "array"; readonly elementType: DeltaType }
  | { readonly type: "map"; readonly keyType: DeltaType; readonly valueType: DeltaType };

/** A column, or a field of a struct. */
export interface DeltaColumn {
  readonly name: string;
  readonly type: DeltaType;
  readonly nullable?: boolean;
}

/** The columns of a table in their order, those of its partitions among them. */
export function tableColumns({ schemaString }: Pick<MetaData, "schemaString">): readonly DeltaColumn[] {
  return (JSON.parse(schemaString) as { readonly fields: readonly DeltaColumn[] }).fields;
}
