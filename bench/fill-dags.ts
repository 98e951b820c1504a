import { openPool } from "@millrace/store";

/** Copies of one statement: a few seconds of work, far from the time limit of statements. */
const COPIES_AT_ONCE = 250;

/**
 * Copies a DAG that is in the database under new names, `copy_00001` and so on, as if as many files declared it. The copies are paused, so that a
 * scheduler has nothing to do for them on its own.
 */
export async function fillDags(url: string, dagId: string, count: number): Promise<void> {
  const pool = await openPool({ url, max: 2 });
  try {
    const columns = async (table: string): Promise<readonly string[]> => {
      const { rows } = await pool.query<{ name: string }>(
        "select column_name as name from information_schema.columns where table_schema = 'millrace' and table_name = $1 order by ordinal_position",
        [table],
      );
      return rows.map(({ name }) => name);
    };
    const copy = async (table: string, changed: Readonly<Record<string, string>>): Promise<void> => {
      const names = await columns(table);
      for (let first = 1; first <= count; first += COPIES_AT_ONCE) {
        await pool.query(
          `insert into millrace.${table} (${names.join(", ")})
           select ${names.map((name) => changed[name] ?? `o.${name}`).join(", ")}
           from millrace.${table} o
           cross join generate_series($2::integer, $3::integer) n
           where o.dag_id = $1`,
          [dagId, first, Math.min(count, first + COPIES_AT_ONCE - 1)],
        );
        // Of the few tasks that were there the planner knows that an index is not worth it.
        await pool.query("analyze millrace.dag_task");
      }
    };
    const name = "'copy_' || lpad(n::text, 5, '0')";
    await copy("dag", { dag_id: name, owner: "null", owned_at: "null", paused: "true" });
    await copy("dag_version", {
      dag_id: name,
      graph: `replace(o.graph, '"dagId":"${dagId}"', '"dagId":"' || ${name} || '"')`,
    });
    await pool.query("analyze millrace.dag");
    await pool.query("analyze millrace.dag_version");
  } finally {
    await pool.close();
  }
}
