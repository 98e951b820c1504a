import { describe, expect, test } from "vitest";
import type { MillraceError } from "../errors.ts";
import { MICROS } from "../model/instant.ts";
import { Secret } from "../values/secret.ts";
import { aContext, LOGICAL_DATE } from "./a-context.fixture.ts";
import { renderTemplate } from "./compile-template.ts";
import { referencedNames } from "./referenced-names.ts";
import { renderDeep } from "./render-deep.ts";
import type { TemplateFacts } from "./template-context.ts";

const render = (text: string, changes: Partial<TemplateFacts> = {}): string => renderTemplate(text, aContext(changes));

describe("names and filters of Airflow", () => {
  test.each([
    ["{{ ds }}", "2024-01-31"],
    ["{{ ds_nodash }}", "20240131"],
    ["{{ ts }}", "2024-01-31T12:30:00+00:00"],
    ["{{ ts_nodash }}", "20240131T123000"],
    ["{{ ts_nodash_with_tz }}", "20240131T123000+0000"],
    ["{{ logical_date }}", "2024-01-31 12:30:00+00:00"],
    ["{{ execution_date }}", "2024-01-31 12:30:00+00:00"],
    ["{{ data_interval_start }}/{{ data_interval_end }}", "2024-01-31 12:30:00+00:00/2024-02-01 12:30:00+00:00"],
    ["{{ data_interval_end | ds }}", "2024-02-01"],
    ["{{ data_interval_end | ds_nodash }}", "20240201"],
    ["{{ data_interval_end | ts }}", "2024-02-01T12:30:00+00:00"],
    ["{{ data_interval_end | ts_nodash }}", "20240201T123000"],
    ["{{ data_interval_end | ts_nodash_with_tz }}", "20240201T123000+0000"],
    ["{{ yesterday_ds }} {{ tomorrow_ds_nodash }}", "2024-01-30 20240201"],
    ["{{ prev_data_interval_start_success }} {{ prev_ds }} {{ next_ds | default('x') }}", "None None None"],
    ["{{ run_id }}", "scheduled__2024-01-31T12:30:00+00:00"],
    ["{{ dag.dag_id }} {{ dag.timezone }}", "orders Europe/Berlin"],
    ["{{ task.task_id }} {{ ti.try_number }} {{ task_instance.map_index }} {{ ti.max_tries }}", "load 2 -1 3"],
    ["{{ task_instance_key_str }}", "orders__load__20240131"],
    [
      "{{ dag_run.run_type }} {{ dag_run.external_trigger }} {{ dag_run.conf.force }} {{ dag_run.conf }}",
      "scheduled False True {'force': True}",
    ],
    [
      "{{ params.minimum + 1 }} {{ params.names | join('|') }} {{ params.deep }}",
      "6 a|it's {'on': True, 'none': None}",
    ],
    ["{{ test_mode }} {{ inlets }} {{ outlets }} {{ exception }}", "False [] [] None"],
    ["{{ conf.get('core', 'x', fallback='y') }}", "y"],
  ])("%s", (text, printed) => {
    expect(render(text)).toBe(printed);
  });

  test("of the previous success", () => {
    const at = LOGICAL_DATE - MICROS.d;
    const previousSuccess = {
      logicalDate: at,
      dataInterval: { start: at, end: LOGICAL_DATE },
      startAt: LOGICAL_DATE + 1,
      endAt: LOGICAL_DATE + MICROS.s,
    };
    expect(
      render(
        "{{ prev_data_interval_start_success | ds }} {{ prev_start_date_success }} {{ prev_execution_date_success | ts }}",
        { previousSuccess },
      ),
    ).toBe("2024-01-30 2024-01-31 12:30:00.000001+00:00 2024-01-30T12:30:00+00:00");
  });

  test("of assets, mapped elements and callbacks", () => {
    const facts: Partial<TemplateFacts> = {
      outlets: ["s3://b/k"],
      triggeringEvents: [{ uri: "s3://a", at: "2024-01-31T00:00:00+00:00", extra: { rows: 3 }, dagId: "up" }],
      item: { source: { name: "urlhaus" } },
      exception: "Permanent: bad row",
    };
    expect(render("{{ outlets[0] }} {{ source.name }} {{ exception }}", facts)).toBe(
      "s3://b/k urlhaus Permanent: bad row",
    );
    expect(
      render(
        "{% for uri, events in triggering_dataset_events.items() %}{{ uri }} {{ events[0].extra.rows }} {{ events[0].source_dag_id }}{% endfor %}",
        facts,
      ),
    ).toBe("s3://a 3 up");
  });

  test("of a run without a task", () => {
    expect(render("{{ ti }} {{ task }} {{ task_instance_key_str }}", { taskInstance: undefined })).toBe(
      "None None None",
    );
  });
});

describe("macros", () => {
  test.each([
    ["{{ macros.ds_add(ds, 5) }} {{ macros.ds_add('2024-03-01', days=-1) }}", "2024-02-05 2024-02-29"],
    [
      "{{ macros.ds_format(ds, '%Y-%m-%d', '%d.%m.%y') }} {{ macros.ds_format('1/5/2015', '%m/%d/%Y', '%Y-%m-%d') }}",
      "31.01.24 2015-01-05",
    ],
    ["{{ data_interval_end - macros.timedelta(days=1) }}", "2024-01-31 12:30:00+00:00"],
    [
      "{{ (data_interval_end - data_interval_start).total_seconds() }} {{ data_interval_end - data_interval_start }}",
      "86400.0 1 day, 0:00:00",
    ],
    [
      "{{ macros.timedelta(hours=-1) }} {{ macros.timedelta(minutes=90) * 2 }} {{ macros.timedelta(days=2).days }}",
      "-1 day, 23:00:00 3:00:00 2",
    ],
    [
      "{{ macros.datetime(2024, 2, 29, 1) }} {{ macros.datetime(2024, 2, 29) + macros.timedelta(days=1) }}",
      "2024-02-29 01:00:00 2024-03-01 00:00:00",
    ],
    ["{{ macros.datetime.strptime('31/01/24 03:04 PM', '%d/%m/%y %I:%M %p').isoformat() }}", "2024-01-31T15:04:00"],
    ["{{ macros.datetime.fromisoformat('2024-01-31T10:00:00+02:00') }}", "2024-01-31 08:00:00+00:00"],
    [
      "{{ macros.datetime_diff_for_humans(logical_date) }} {{ macros.datetime_diff_for_humans(logical_date, data_interval_end) }}",
      "1 day ago 1 day before",
    ],
    [
      "{{ macros.json.dumps(params.names) }} {{ macros.json.loads('[1, {\"a\": null}]')[1] }}",
      '["a", "it\'s"] {\'a\': None}',
    ],
    [
      "{{ macros.yaml.safe_load('{a: [1, yes, 2025-01-01], b: ~}') }} {{ macros.yaml.dump({'b': [1, 'x'], 'a': none}) }}",
      "{'a': [1, True, '2025-01-01'], 'b': None} a: null\nb:\n- 1\n- x\n",
    ],
    ["{{ macros.random() }} {{ macros.uuid.uuid4() }}", "0.5 88888888-8888-4888-8888-888888888888"],
    ["{{ macros.time.time() }}", "1706832000.0"],
    ["{{ macros.dateutil.parser.parse('2024-01-01').year }}", "2024"],
  ])("%s", (text, printed) => {
    expect(render(text)).toBe(printed);
  });
});

describe("dates behave as in Python", () => {
  test.each([
    [
      "{{ logical_date.isoformat() }} {{ logical_date.year }} {{ logical_date.date() }} {{ logical_date.timestamp() }}",
      "2024-01-31T12:30:00+00:00 2024 2024-01-31 1706704200.0",
    ],
    [
      "{{ logical_date.strftime('%Y/%m/%d %H:%M:%S %j %a %A %b %B %p %I %y %-m %U %W %V %G %w %u %z %Z %f %% %s') }}",
      "2024/01/31 12:30:00 031 Wed Wednesday Jan January PM 12 24 1 04 05 05 2024 3 3 +0000 UTC 000000 % 1706704200",
    ],
    [
      "{{ logical_date.in_timezone('Europe/Berlin') }} {{ logical_date.astimezone('Asia/Kolkata') }}",
      "2024-01-31 13:30:00+01:00 2024-01-31 18:00:00+05:30",
    ],
    [
      "{{ logical_date.in_tz('Europe/Berlin').strftime('%Z %z') }} {{ logical_date.in_tz('America/New_York').offset_hours }}",
      "CET +0100 -5.0",
    ],
    [
      "{{ logical_date.add(months=1) }} {{ logical_date.subtract(years=1, days=1).to_date_string() }}",
      "2024-02-29 12:30:00+00:00 2023-01-30",
    ],
    [
      "{{ logical_date.start_of('month') | ds }} {{ logical_date.end_of('month') }} {{ logical_date.start_of('week') | ds }} {{ logical_date.end_of('year') | ts }}",
      "2024-01-01 2024-01-31 23:59:59.999999+00:00 2024-01-29 2024-12-31T23:59:59.999999+00:00",
    ],
    [
      "{{ logical_date.replace(day=1, hour=0) }} {{ logical_date.weekday() }} {{ logical_date.isocalendar() }} {{ logical_date.quarter }}",
      "2024-01-01 00:30:00+00:00 2 (2024, 5, 3) 1",
    ],
    [
      "{{ logical_date < data_interval_end }} {{ logical_date == data_interval_start }} {{ [data_interval_end, logical_date] | min | ds }}",
      "True True 2024-01-31",
    ],
    [
      "{{ macros.datetime(2024, 3, 31, 1, tzinfo='Europe/Berlin').add(hours=1) }} {{ macros.datetime(2024, 3, 30, 2, 30, tzinfo='Europe/Berlin').add(days=1) }}",
      "2024-03-31 03:00:00+02:00 2024-03-31 03:00:00+02:00",
    ],
    ["{{ [logical_date] }}", "[DateTime(2024, 1, 31, 12, 30, 0, tzinfo=Timezone('UTC'))]"],
  ])("%s", (text, printed) => {
    expect(render(text)).toBe(printed);
  });

  test.each([
    ["{{ macros.datetime(2024, 2, 30) }}", "there is no date 2024-2-30"],
    ["{{ macros.datetime(2024, 1, 1) < logical_date }}", "without a zone"],
    ["{{ logical_date.in_timezone('Mars') }}", 'no time zone "Mars"'],
    ["{{ logical_date.strftime('%Q') }}", 'no directive "%Q"'],
    ["{{ logical_date + 1 }}", '"+" cannot be used'],
  ])("%s is refused", (text, message) => {
    expect(() => render(text)).toThrow(message);
  });
});

describe("variables, connections and results of tasks", () => {
  const changes: Partial<TemplateFacts> = {
    variable: (key) =>
      new Map<string, string | Secret>([
        ["plain", "v1"],
        ["secret", new Secret("s3cret")],
        ["json", '{"a": [1, 2]}'],
        ["null", "null"],
      ]).get(key),
    connection: (id) =>
      id === "db"
        ? {
            id: "db",
            type: "postgres",
            host: "h",
            port: 5432,
            login: "me@x",
            password: new Secret("p/w"),
            schema: "s",
            extra: { ssl: true },
          }
        : undefined,
    xcom: ({ taskId, key, mapIndex }) => (taskId === "none" ? undefined : (mapIndex ?? { from: taskId, key })),
  };

  test.each([
    [
      "{{ var.value.plain }} {{ var.value['plain'] }} {{ var.value.get('plain') }} {{ var.value.get('zz', 'd') }} {{ var.value.secret }}",
      "v1 v1 v1 d s3cret",
    ],
    [
      "{{ var.json.json.a[1] }} {{ var.json.get('json').a }} {{ var.json.null }} {{ var.value.zz | default('d') }} {{ var.value.zz is defined }}",
      "2 [1, 2] None d False",
    ],
    [
      "{{ conn.db.host }}:{{ conn.db.port }} {{ conn.db.password }} {{ conn.db.extra_dejson.ssl }} {{ conn.db.extra }}",
      'h:5432 p/w True {"ssl": true}',
    ],
    ["{{ conn.db.get_uri() }} {{ conn.get('db').conn_type }}", "postgres://me%40x:p%2Fw@h:5432/s postgres"],
    [
      "{{ ti.xcom_pull('a') }} {{ ti.xcom_pull(task_ids='a', key='k').key }} {{ task_instance.xcom_pull(['a', 'none']) }}",
      "{'from': 'a', 'key': 'return_value'} k [{'from': 'a', 'key': 'return_value'}, None]",
    ],
    [
      "{{ ti.xcom_pull('a', map_indexes=2) }} {{ ti.xcom_pull('a', map_indexes=[0, 1]) }} {{ ti.xcom_pull('none', default='d') }}",
      "2 [0, 1] d",
    ],
  ])("%s", (text, printed) => {
    expect(render(text, changes)).toBe(printed);
  });

  test("a map index that is no whole number is refused", () => {
    expect(() => render("{{ ti.xcom_pull('a', map_indexes=1.5) }}", changes)).toThrow("a map index is a whole number");
  });

  test("a variable that is not JSON is refused without showing it", () => {
    expect(() => render("{{ var.json.secret }}", changes)).toThrow('the variable "secret" is not JSON');
    expect(() => render("{{ var.json.secret }}", changes)).not.toThrow("s3cret");
  });

  test("are found beforehand wherever they are written in full", () => {
    const names = referencedNames(
      "{% if x %}{{ var.value.a }}{{ var.json['b'].c | default(var.value.get('d', 1)) }}{% endif %}",
      "{{ conn.db.host ~ conn['s3'].login }}{{ conn.get('ftp').host }}{{ ti.xcom_pull(task_ids=['t1', 't2'], key='k') }}{{ task_instance.xcom_pull('t3') }}{{ ti.xcom_pull('t4', map_indexes=[0, 1]) }}",
      "{% raw %}{{ var.value.no }}{% endraw %} {{ params.var.value.no }} {{ var.value[computed] }}",
      "plain {text",
    );
    expect(names).toEqual({
      variables: ["a", "b", "d"],
      connections: ["db", "s3", "ftp"],
      inletEvents: false,
      includes: [],
      xcoms: [
        { taskId: "t1", key: "k" },
        { taskId: "t2", key: "k" },
        { taskId: "t3", key: "return_value" },
        { taskId: "t4", key: "return_value", mapIndex: 0 },
        { taskId: "t4", key: "return_value", mapIndex: 1 },
      ],
      previousSuccess: false,
      neighbours: false,
    });
  });

  test.each([
    ["{{ prev_start_date_success }}", true, false],
    ["{% if prev_execution_date_success %}x{% endif %}", true, false],
    ["{{ macros.ds_add(prev_ds, 1) }} {{ next_execution_date }}", false, true],
    ["{{ params.prev_ds }} {{ 'prev_ds' }}", false, false],
  ])("%s asks for the run before (%s), for the dates around it (%s)", (text, previousSuccess, neighbours) => {
    expect(referencedNames(text)).toMatchObject({ previousSuccess, neighbours });
  });
});

test("values are made when they are first used", () => {
  expect(render("{{ ds }}", { params: { broken: () => 1 } })).toBe("2024-01-31");
  expect(() => render("{{ params }}", { params: { broken: () => 1 } })).toThrow('params["broken"] is a function');
});

describe("renderDeep", () => {
  test("renders texts at any depth and hands on everything else", () => {
    const at = new Date(0);
    const call = (): number => 1;
    const value = {
      servers: "h-{{ ds }}",
      list: ["{{ ds_nodash }}", 5, null],
      map: new Map([["{{ ds }}", "{{ ds }}"]]),
      at,
      call,
      deep: { a: { b: "{{ 1 + 1 }}" } },
    };
    expect(renderDeep(value, aContext())).toEqual({
      servers: "h-2024-01-31",
      list: ["20240131", 5, null],
      map: new Map([["{{ ds }}", "2024-01-31"]]),
      at,
      call,
      deep: { a: { b: "2" } },
    });
    expect(value.servers).toBe("h-{{ ds }}");
  });

  test("renders only the named fields when there are any", () => {
    expect(renderDeep({ a: "{{ ds }}", b: "{{ not_touched }}" }, aContext(), ["a", "c"])).toEqual({
      a: "2024-01-31",
      b: "{{ not_touched }}",
    });
  });

  test("names the place of the fault", () => {
    const fault = (): unknown => renderDeep({ env: [{ KEY: "{{ dss }}" }] }, aContext(), ["env"]);
    expect(fault).toThrow(
      'env[0].KEY: Template "{{ dss }}", line 1, column 4: "dss" is not defined; did you mean "ds"?',
    );
    try {
      fault();
    } catch (error) {
      expect((error as MillraceError).details).toMatchObject({ path: "env[0].KEY", name: "dss" });
    }
  });

  test("keeps objects marked by symbols and refuses what never ends", () => {
    const handle = { id: "{{ ds }}", [Symbol("handle")]: 1 };
    expect((renderDeep([handle], aContext()) as unknown[])[0]).toBe(handle);
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => renderDeep(cycle, aContext())).toThrow("refers back to itself");
  });
});
