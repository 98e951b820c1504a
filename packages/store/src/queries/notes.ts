import type { InstanceRef, Notes } from "@millrace/core";
import { cleanText } from "../commit/text-rules.ts";
import type { DatabasePool } from "../postgres/index.ts";
import { runGuarded } from "./run-guarded.ts";

// Primary keys. The row of the run is locked against its removal, so that no note is left of a run that is gone.
const SET_RUN = `
  with found as (
    select r.run_id
    from millrace.dag_run r
    where r.run_id = $1
    for key share
  ), gone as (
    delete from millrace.run_note n
    using found
    where n.run_id = found.run_id and $2::text is null
  ), noted as (
    insert into millrace.run_note (run_id, note, by)
    select f.run_id, $2, $3 from found f where $2::text is not null
    on conflict (run_id) do update set note = excluded.note, by = excluded.by, at = now()
  )
  select run_id from found`;

const SET_TASK = `
  with found as (
    select t.run_id, t.task_id, t.map_index
    from millrace.task_instance t
    join (select r.run_id from millrace.dag_run r where r.run_id = $1 for key share) r on r.run_id = t.run_id
    where t.run_id = $1 and t.task_id = $2 and t.map_index = $3
  ), gone as (
    delete from millrace.task_note n
    using found f
    where n.run_id = f.run_id and n.task_id = f.task_id and n.map_index = f.map_index and $4::text is null
  ), noted as (
    insert into millrace.task_note (run_id, task_id, map_index, note, by)
    select f.run_id, f.task_id, f.map_index, $4, $5 from found f where $4::text is not null
    on conflict (run_id, task_id, map_index) do update set note = excluded.note, by = excluded.by, at = now()
  )
  select run_id from found`;

/** Notes on PostgreSQL. */
export function makeNotes(pool: DatabasePool): Notes {
  const set = async (text: string, key: readonly unknown[], note: Note): Promise<boolean> => {
    const values = [...key, note.text === null ? null : cleanText(note.text), cleanText(note.by)];
    const { rowCount } = await runGuarded(pool, "any", (client) => client.query(text, values));
    return rowCount === 1;
  };
  return {
    setRunNote: (runId, note) => set(SET_RUN, [runId], note),
    setTaskNote: ({ runId, taskId, mapIndex }: InstanceRef, note) => set(SET_TASK, [runId, taskId, mapIndex], note),
  };
}

type Note = Parameters<Notes["setRunNote"]>[1];
