import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MillraceError } from "../errors.ts";
import { aContext } from "./a-context.fixture.ts";
import { compileTemplate, isTemplate, renderTemplate } from "./compile-template.ts";
import vectors from "./jinja-vectors.json" with { type: "json" };

const render = (text: string): string => renderTemplate(text, aContext());

function refusal(text: string): MillraceError {
  try {
    render(text);
  } catch (error) {
    expect(error).toBeInstanceOf(MillraceError);
    expect((error as MillraceError).code).toBe("BAD_TEMPLATE");
    return error as MillraceError;
  }
  throw new Error(`was rendered: ${text}`);
}

describe("prints what Jinja2 prints", () => {
  const context = aContext({ item: vectors.context });
  test.each(vectors.cases as [string, string][])("%s", (text, printed) => {
    expect(renderTemplate(text, context)).toBe(printed);
  });
});

test("a compiled template renders any number of times", () => {
  const compiled = compileTemplate("{% for x in params.names %}{{ x }},{% endfor %}");
  expect([
    renderTemplate(compiled, aContext()),
    renderTemplate(compiled, aContext({ params: { names: [1] } })),
  ]).toEqual(["a,it's,", "1,"]);
});

test("text without tags stays as it is, but for one line end at its end", () => {
  expect(render("a } %} b {x} $ \\d\n\n")).toBe("a } %} b {x} $ \\d\n");
  expect([isTemplate("a { b"), isTemplate("{{ a }}"), isTemplate("{% if %}"), isTemplate("{# a #}")]).toEqual([
    false,
    true,
    true,
    true,
  ]);
});

describe("an undefined name is an error that says", () => {
  test.each<[string, string, number, number]>([
    ["{{ dss }}", '"dss" is not defined; did you mean "ds"?', 1, 4],
    [
      "a\n  b {{ params.minimm }}",
      '"params.minimm" is not defined: the dict has no "minimm"; did you mean "minimum"?',
      2,
      15,
    ],
    ["{{ params['zz'] }}", '"params[zz]" is not defined', 1, 4],
    ["{{ params.deep.zz }}", '"params.deep.zz" is not defined', 1, 16],
    ["{{ params.names[5] }}", '"params.names[5]" is not defined', 1, 11],
    ["{{ logical_date.yaer }}", 'did you mean "year"?', 1, 17],
    ["{{ nothing.at.all | default('x') }}", '"nothing" is not defined', 1, 4],
    ["{% if nothing %}{% endif %}", '"nothing" is not defined', 1, 7],
    ["{% for x in nothing %}{% endfor %}", '"nothing" is not defined', 1, 13],
    ["{{ 'a' ~ nothing }}", '"nothing" is not defined', 1, 10],
    ["{{ nothing == 1 }}", '"nothing" is not defined', 1, 4],
    ["{% for x in [1] %}{{ loop.previtem }}{% endfor %}", '"loop.previtem" is not defined', 1, 27],
    ["{% macro m(a) %}{{ a }}{% endmacro %}{{ m() }}", 'm() was called without "a"', 1, 20],
    ["{{ var.value.nope }}", 'there is no variable "nope"', 1, 14],
    ["{{ conn.nope.host }}", 'there is no connection "nope"', 1, 9],
    ["{% raw %}{{ a }}\n{% endraw %}{{ zz }}", '"zz" is not defined', 2, 16],
    ["{{ '}}' ~ {'a': {'b': 1}}.a.c }}", '".c" is not defined', 1, 29],
  ])("%s → %s", (text, message, line, column) => {
    const error = refusal(text);
    expect(error.message).toContain(message);
    expect(error.message).toContain(`line ${line}, column ${column}`);
    expect(error.details).toMatchObject({ line, column });
  });

  test("its name in the details", () => {
    expect(refusal("{{ params.zz }}").details).toMatchObject({ name: "params.zz", line: 1, column: 11 });
  });
});

describe("a template that does not parse says where", () => {
  test.each<[string, string, number]>([
    ["{{ a.b", "the tag is not closed; end it with }}", 1],
    ["ok {% if true %}x", "{% if %} needs {% endif %}", 17],
    ["{% for x in [1] %}{% if x %}{% endif %}", "{% for %} needs {% endfor %}", 29],
    ["{{ foo bar }}", "Expected closing expression token", 8],
    ["{{ 1 + }}", "Unexpected token", 1],
    ["{# a", "the comment is not closed", 1],
    ["x{% raw %}a", "{% raw %} is not closed", 2],
    ["{% include 'x' %}", 'there is no template file "x" here', 1],
    ["{% include x %}", "Unknown statement type: include", 4],
    ["{% import 'os' as os %}", "Unknown statement type: import", 4],
    ["{{ f(*params.names) }}", "cannot be unpacked", 1],
    ["{{ 'a }}", "the text is not closed; end it with '", 4],
    ["{{ a ? b }}", "Unexpected character: ?", 1],
  ])("%s", (text, message, column) => {
    const error = refusal(text);
    expect(error.message).toContain(message);
    expect(error.details).toMatchObject({ line: 1, column });
  });
});

describe("a wrong use is an error", () => {
  test.each<[string, string]>([
    ["{{ 1 + 'a' }}", '"+" cannot be used between a int and a str'],
    ["{{ none + 1 }}", "cannot be used between a None"],
    ["{{ 1 / 0 }}", "division by zero"],
    ["{{ 1 < 'a' }}", "have no order"],
    ["{{ ds() }}", "a str cannot be called"],
    ["{{ 5 | join }}", "a int cannot be looped over"],
    ["{{ ds | upperr }}", 'there is no filter "upperr"; did you mean "upper"?'],
    ["{{ ds is strng }}", 'there is no test "strng"; did you mean "string"?'],
    ["{{ macros.ds_add(ds) }}", 'ds_add() needs the argument "days"'],
    ["{{ macros.ds_add(ds, dayz=1) }}", 'ds_add() has no argument "dayz"'],
    ["{{ macros.ds_add('x', 1) }}", 'does not have the form "%Y-%m-%d"'],
    ["{{ [] | first }}", "first of an empty list is not defined"],
    ["{% set a, b = [1] %}", "1 values cannot be unpacked"],
    ["{{ 2 ** 60 }}", "beyond the whole numbers"],
    ["{{ macros | tojson }}", "cannot be written as JSON"],
  ])("%s → %s", (text, message) => {
    expect(refusal(text).message).toContain(message);
  });
});

test("no text makes anything but BAD_TEMPLATE of itself", () => {
  const piece = fc.constantFrom(
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{% raw %}",
    "{% endraw %}",
    "-",
    " ",
    "ds",
    "params",
    ".",
    "[",
    "]",
    "(",
    ")",
    "|",
    "'",
    '"',
    "\\",
    "if",
    "for x in",
    "endif",
    "endfor",
    "else",
    "set",
    "=",
    "macro m()",
    "endmacro",
    "not",
    "is",
    "defined",
    "1",
    "2.5",
    ",",
    ":",
    "{",
    "}",
    "upper",
    "default",
    "~",
    "+",
    "*",
    "**",
    "%",
    "\n",
    "é",
    "\0",
    "__class__",
    "None",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      for (const text of [pieces.join(""), `{{ ${pieces.join(" ")} }}`]) {
        try {
          render(text);
        } catch (error) {
          expect((error as MillraceError).code).toBe("BAD_TEMPLATE");
        }
      }
    }),
    { numRuns: 3000 },
  );
});
