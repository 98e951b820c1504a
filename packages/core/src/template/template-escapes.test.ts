import { describe, expect, test } from "vitest";
import { MillraceError } from "../errors.ts";
import { aContext } from "./a-context.fixture.ts";
import { renderTemplate } from "./compile-template.ts";

function refusal(text: string, context = aContext()): string {
  try {
    const printed = renderTemplate(text, context);
    throw new Error(`was rendered: ${printed.slice(0, 100)}`);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    expect(error.code).toBe("BAD_TEMPLATE");
    return error.message;
  }
}

describe("no template reaches code", () => {
  test.each([
    // Python
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ [].__class__.__base__ }}",
    "{{ {}.__class__ }}",
    "{{ (1).__class__ }}",
    "{{ ds.__class__ }}",
    "{{ ds | attr('__class__') }}",
    "{{ '{0.__class__}'.format(ds) }}",
    "{{ '{0.__class__}'.format_map({}) }}",
    "{{ ['__class__'] | map('attr') | list }}",
    "{{ [ds] | map(attribute='__class__') | list }}",
    "{{ [ds] | map(attribute='__class__.__mro__') | list }}",
    "{{ [ds] | sort(attribute='__class__') }}",
    "{{ [ds] | groupby('__class__') }}",
    "{{ logical_date.__init__.__globals__ }}",
    "{{ macros.__dict__ }}",
    "{{ macros.random.__globals__ }}",
    "{{ macros.json.codecs }}",
    "{{ macros.datetime.__module__ }}",
    "{{ macros.os }}",
    "{{ macros.time.sleep(1) }}",
    "{{ dag.__class__ }}",
    "{{ ti.get_template_context() }}",
    "{{ self }}",
    "{{ self.__init__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler('a') }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ joiner.__init__ }}",
    "{{ namespace() }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'].popen('id') }}",
    "{{ url_for.__globals__ }}",
    "{{ get_flashed_messages }}",
    "{{ request.application }}",
    "{{ config }}",
    "{{ g.pop }}",
    "{{ raise_exception('x') }}",
    "{{ strftime_now('%Y') }}",
    "{{ open('/etc/passwd') }}",
    "{{ eval('1') }}",
    "{% import 'os' as os %}",
    "{% from 'os' import system %}",
    "{% include '/etc/passwd' %}",
    "{% extends '/etc/passwd' %}",
    "{% set params.minimum = 3 %}",
    "{% set ns = namespace(a=1) %}",
    // JavaScript
    "{{ constructor }}",
    "{{ constructor.constructor('return process')() }}",
    "{{ ''.constructor }}",
    "{{ ''['constructor'] }}",
    "{{ ''['con' ~ 'structor']['constructor']('return process')() }}",
    "{{ [].constructor.constructor('return process')() }}",
    "{{ {}.constructor }}",
    "{{ (1).constructor }}",
    "{{ 1.5.constructor }}",
    "{{ true.constructor }}",
    "{{ none.constructor }}",
    "{{ params.constructor }}",
    "{{ params['constructor'] }}",
    "{{ params.__proto__ }}",
    "{{ params['__proto__'] }}",
    "{{ params.__defineGetter__('x', macros.random) }}",
    "{{ params.__lookupGetter__ }}",
    "{{ params.hasOwnProperty('minimum') }}",
    "{{ params.toString() }}",
    "{{ params.valueOf() }}",
    "{{ params.size }}",
    "{{ params.names.prototype }}",
    "{{ params.names.map }}",
    "{{ params.names.constructor }}",
    "{{ params.names['length'] }}",
    "{{ params.names.push('x') }}",
    "{{ 'a'.replace.constructor('return 1')() }}",
    "{{ 'a'.upper.call }}",
    "{{ 'a'.upper.bind }}",
    "{{ 'a'.upper.apply() }}",
    "{{ macros.ds_add.constructor('return process')() }}",
    "{{ macros.ds_add.call }}",
    "{{ macros.kind }}",
    "{{ macros.find }}",
    "{{ macros.names() }}",
    "{{ logical_date.at }}",
    "{{ logical_date.kind }}",
    "{{ logical_date.constructor }}",
    "{{ logical_date.start_of('constructor') }}",
    "{{ logical_date.start_of('__proto__') }}",
    "{{ logical_date | constructor }}",
    "{{ ds | __proto__ }}",
    "{{ ds | toString }}",
    "{{ ds is constructor }}",
    "{{ ['a'] | map('constructor') | list }}",
    "{{ ['a'] | select('constructor') | list }}",
    "{{ dict(a=1).constructor }}",
    "{{ loop }}",
    "{{ caller }}",
    "{% for x in [1] %}{{ loop.constructor }}{% endfor %}",
    "{% macro m() %}{% endmacro %}{{ m.constructor('return 1')() }}",
    "{% macro m() %}{{ caller.constructor }}{% endmacro %}{% call m() %}{% endcall %}",
    "{{ process }}",
    "{{ globalThis }}",
    "{{ this }}",
    "{{ require('fs') }}",
    "{{ import('fs') }}",
    '{{ macros.json.loads(\'{"__proto__": {"x": 1}}\').x }}',
    "{{ macros.yaml.safe_load('__proto__: {x: 1}').x }}",
    "{{ macros.yaml.safe_load('!!js/function \"return 1\"').constructor }}",
    "{{ conf.get('core', 'fernet_key') }}",
    "{{ var.value['constructor'] }}",
    "{{ var.constructor }}",
    "{{ conn.constructor }}",
    "{{ conn['__proto__'] }}",
  ])("%s", (text) => {
    refusal(text);
  });

  test("keys of data that look like members of Object are data", () => {
    const params: unknown = JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}');
    const context = aContext({ params: params as Record<string, unknown> });
    expect(renderTemplate("{{ params.__proto__ }}{{ params.constructor }}{{ params['toString'] }}", context)).toBe(
      "123",
    );
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  test("values with code in them are refused before they are seen", () => {
    class Danger {
      run(): string {
        return "ran";
      }
    }
    for (const value of [() => 1, new Danger(), Symbol("s"), new Proxy(new Danger(), {}), Promise.resolve()]) {
      expect(refusal("{{ params.x }}", aContext({ params: { x: value } }))).toContain("params");
    }
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    expect(refusal("{{ params }}", aContext({ params: cycle }))).toContain("refers back to itself");
  });

  test("rendering changes none of the values it was given", () => {
    const params = { list: [3, 1, 2], dict: { a: 1 } };
    const context = aContext({ params });
    renderTemplate(
      "{{ params.list | sort }}{{ params.list | reverse | list }}{% set x = params.list + [4] %}{{ x }}{{ params.dict | dictsort }}",
      context,
    );
    expect(params).toEqual({ list: [3, 1, 2], dict: { a: 1 } });
    expect(renderTemplate("{{ params.list }}", context)).toBe("[3, 1, 2]");
  });
});

describe("no template runs or grows without end", () => {
  test.each([
    ["{{ range(100000000) | list }}", "list of more than"],
    ["{{ range(0, 1000000000000, 1) }}", "list of more than"],
    ["{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "steps"],
    ["{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}", ""],
    ["{{ 'x' * 100000000 }}", "text of more than"],
    ["{{ 10 * 'x' * 1000000 }}", "text of more than"],
    ["{% for a in range(9999) %}{{ 'x' * 1000 }}{% endfor %}", "text of more than"],
    [`{% set x = 'ab' %}${"{% set x = x ~ x %}".repeat(40)}{{ x }}`, "text of more than"],
    [`{% set x = 'ab' %}${"{% set x = x + x %}".repeat(40)}`, "text of more than"],
    [`{% set x = [1] %}${"{% set x = x + x %}".repeat(40)}`, "list of more than"],
    [`{% set x = [1] %}${"{% set x = [x, x] %}".repeat(40)}{{ x }}`, ""],
    [`{% set x = [1] %}${"{% set x = [x, x] %}".repeat(40)}{{ x | tojson }}`, ""],
    [
      `{% set x = [1] %}${"{% set x = [x, x] %}".repeat(40)}{% set y = [1] %}${"{% set y = [y, y] %}".repeat(40)}{{ x == y }}`,
      "steps",
    ],
    [
      `{% set x = [1] %}${"{% set x = [x, x] %}".repeat(40)}{% set y = [1] %}${"{% set y = [y, y] %}".repeat(40)}{{ x < y }}`,
      "steps",
    ],
    [`{% set x = 'a' * 1000 %}{{ x.replace('a', 'b' * 10000) }}`, "text of more than"],
    [`{% set x = 'a' * 1000 %}{{ x | replace('', 'b' * 10000) }}`, "text of more than"],
    ["{{ range(9999) | join('x' * 1000) }}", "text of more than"],
    ["{{ ('\n' * 10000) | indent(10000) }}", "text of more than"],
    ["{{ 'x'.zfill(100000000) }}", "text of more than"],
    ["{{ 'x'.ljust(100000000) }}", "text of more than"],
    ["{{ '%100000000d' % 1 }}", "too wide"],
    ["{{ '%.100000000f' % 1 }}", "too wide"],
    ["{{ macros.json.dumps([1], indent=100000000) }}", "text of more than"],
    [
      "{{ macros.yaml.safe_load('a: &a [x,x,x,x,x,x,x,x,x]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\\nd: [*c,*c,*c,*c]') }}",
      "Excessive alias count",
    ],
    ["{{ [[1]] | tojson(indent=10000000) }}", "text of more than"],
    ["{% set x = 'a,' * 200000 %}{{ x.split(',') }}", "list of more than"],
    ["{% set x = 'a' * 500000 %}{% for i in range(99999) %}{% set y = x.upper() %}{% endfor %}", "steps"],
    ["{% set x = 'a' * 500000 %}{% for i in range(99999) %}{% set y = x[5] %}{% endfor %}", "steps"],
    ["{% set x = 'a' * 500000 %}{% for i in range(99999) %}{% set y = 'b' in x %}{% endfor %}", "steps"],
    ["{% set x = 'a' * 500000 %}{% for i in range(99999) %}{% set y = x | lower %}{% endfor %}", "steps"],
    ["{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "macros call each other"],
    ["{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}", "macros call each other"],
    ["{{ 9 ** 9 ** 9 ** 9 }}", "beyond"],
    ["{{ 9.5 ** 999 }}", "not a finite number"],
    [`{{ ${"(".repeat(30_000)}1${")".repeat(30_000)} }}`, "nested too deeply"],
    [`{{ ${"[".repeat(30_000)} }}`, ""],
    [`{{ 1${" + 1".repeat(15_000)} }}`, "nested too deeply"],
    [`{{ ${"not ".repeat(15_000)}1 }}`, "nested too deeply"],
    [`{{ ds${".x".repeat(30_000)} }}`, ""],
    ["{% if true %}".repeat(4_000), ""],
    ["a".repeat(65_537), "longer than 65536 bytes"],
    ["é".repeat(40_000), "longer than 65536 bytes"],
    ["{{ macros.timedelta(days=1e300) }}", ""],
    ["{{ logical_date.add(years=10 ** 15) }}", ""],
    ["{{ logical_date + macros.timedelta(days=10 ** 12) }}", "dates lie between"],
  ])("%#: %.60s", (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  test("what is large but within bounds works", () => {
    expect(
      renderTemplate(
        "{% set x = 'ab' * 200000 %}{{ x | length }} {{ x[-3:] }} {{ x[5] }} {{ (x | reverse)[:2] }}",
        aContext(),
      ),
    ).toBe("400000 bab b ba");
    expect(renderTemplate("{% for i in range(20000) %}{{ i }},{% endfor %}", aContext())).toHaveLength(108_890);
  });
});
