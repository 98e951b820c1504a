import type pg from "pg";
import { transaction } from "../postgres/index.ts";

const TABLES = `
  select c.relname as name,
    'table ' || c.relname || coalesce(' partition of ' || p.relname || ' ' || pg_get_expr(c.relpartbound, c.oid), '')
      || coalesce(' partition by ' || pg_get_partkeydef(c.oid), '') || coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '') as line
  from pg_class c
  left join pg_inherits i on i.inhrelid = c.oid
  left join pg_class p on p.oid = i.inhparent
  where c.relnamespace = 'millrace'::regnamespace and c.relkind in ('r', 'p')`;

const COLUMNS = `
  select c.relname as name,
    '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || coalesce(' collate ' || nullif(l.collname, 'default'), '')
      || case when a.attnotnull then ' not null' else '' end || case a.attidentity when 'a' then ' identity' else '' end
      || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  left join pg_collation l on l.oid = a.attcollation
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relnamespace = 'millrace'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
  order by a.attnum`;

const INDEXES = `
  select c.relname as name, '  ' || pg_get_indexdef(i.indexrelid) as line
  from pg_index i
  join pg_class c on c.oid = i.indrelid
  where c.relnamespace = 'millrace'::regnamespace
  order by 2`;

// Since version 18 "not null" is listed as a constraint too; the columns say it already.
const CONSTRAINTS = `
  select c.relname as name, '  constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid) as line
  from pg_constraint k
  join pg_class c on c.oid = k.conrelid
  where c.relnamespace = 'millrace'::regnamespace and k.contype in ('c', 'f')
  order by k.conname`;

const FUNCTIONS = `
  select 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ') body ' || md5(coalesce(p.prosrc, '')) as line
  from pg_proc p
  where p.pronamespace = 'millrace'::regnamespace
  order by 1`;

const TYPES = `
  select 'type ' || t.typname || ' (' || string_agg(e.enumlabel, ', ' order by e.enumsortorder) || ')' as line
  from pg_type t
  join pg_enum e on e.enumtypid = t.oid
  where t.typnamespace = 'millrace'::regnamespace
  group by t.typname
  order by t.typname`;

interface Line {
  readonly name: string;
  readonly line: string;
}

/** The schema as text, the same on every version of PostgreSQL and for every user: what reviews of migrations compare. */
export async function describeSchema(client: pg.ClientBase): Promise<string> {
  return await transaction(client, async () => {
    // Names come out whole only where no path leaves parts of them away.
    await client.query("set local search_path = pg_catalog");
    const read = async (text: string): Promise<readonly Line[]> => (await client.query<Line>(text)).rows;
    const types = await read(TYPES);
    const tables = (await read(TABLES)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const parts = [...(await read(COLUMNS)), ...(await read(INDEXES)), ...(await read(CONSTRAINTS))];
    const functions = await read(FUNCTIONS);
    const tableTexts = tables.map((table) =>
      [table.line, ...parts.filter((part) => part.name === table.name).map((part) => part.line)].join("\n"),
    );
    return [...types.map((type) => type.line), ...tableTexts, ...functions.map((one) => one.line), ""].join("\n\n");
  });
}
