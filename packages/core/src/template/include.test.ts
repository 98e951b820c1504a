import { expect, test } from "vitest";
import { aContext } from "./a-context.fixture.ts";
import { compileTemplate, renderTemplate } from "./compile-template.ts";
import { referencedNames } from "./referenced-names.ts";

const FILES: Readonly<Record<string, string>> = {
  "head.sql": "-- {{ ds }} {{ word | default('none') }}{% set word = 'inner' %}\n",
  "deep.sql": "{% include 'head.sql' %}|{{ var.value.deep }}",
  "loop.sql": "{% include 'loop.sql' %}",
  "wrong.sql": "ok\n  {{ nothing }}",
};

const render = (text: string): string =>
  renderTemplate(text, aContext({ variable: (key) => `variable ${key}` }), {
    included: (name) => (Object.hasOwn(FILES, name) ? compileTemplate(FILES[name]) : undefined),
  });

test("an included template sees the names around it and keeps what it sets for itself", () => {
  const text = `{% set word = "outer" %}{%- include "head.sql" -%}  / {{ word }}{% for word in ["a", "b"] %} {% include 'head.sql' %}{% endfor %}`;
  expect(render(text)).toBe("-- 2024-01-31 outer/ outer -- 2024-01-31 a -- 2024-01-31 b");
});

test("includes are followed, and what they reference is known beforehand", () => {
  expect(render("{% if true %}{% include 'deep.sql' with context %}{% endif %}")).toBe(
    "-- 2024-01-31 none|variable deep",
  );
  expect(referencedNames("{% include 'a' %}{% if x %}{% include \"b\" %}{% endif %}").includes).toEqual(["a", "b"]);
  expect(referencedNames("{% raw %}{% include 'a' %}{% endraw %}{# {% include 'a' %} #}").includes).toEqual([]);
});

test.each([
  ["{% include 'none.sql' %}", /line 1, column 1: there is no template file "none.sql" here/],
  ["{% include name %}", /include/i],
  ["{{ include('head.sql') }}", /"include" is not defined/],
  ["a\nb {% include 'wrong.sql' %}", /line 2, column 3: in "wrong.sql", line 2, column 6: "nothing" is not defined/],
  ["{% include 'loop.sql' %}", /templates include each other deeper than/],
])("%s is refused", (text, message) => {
  expect(() => render(text)).toThrow(message);
});
