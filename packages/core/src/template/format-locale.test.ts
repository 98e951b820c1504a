import { expect, test } from "vitest";
import { aContext } from "./a-context.fixture.ts";
import { renderTemplate } from "./compile-template.ts";

const render = (args: string): string => renderTemplate(`{{ macros.ds_format_locale(${args}) }}`, aContext());

test.each([
  [`ds, "%Y-%m-%d", "EEEE, d. MMMM yyyy", "de_DE"`, "Mittwoch, 31. Januar 2024"],
  [`ds, "%Y-%m-%d", "d MMMM y", "ru"`, "31 января 2024"],
  [`ds, "%Y-%m-%d", "LLLL", "ru"`, "январь"],
  [`ds, "%Y-%m-%d", "EEE MMM dd yy"`, "Wed Jan 31 24"],
  [`"1/1/2015", "%m/%d/%Y", "dd-MM-yy", "en_US"`, "01-01-15"],
  [`"2024-12-31 15:04:05", "%Y-%m-%d %H:%M:%S", "D QQ H:mm:ss h a 'o''clock'"`, "366 04 15:04:05 3 PM o'clock"],
  [`ds, "%Y-%m-%d", output_format="yyyy''MM", locale="fr"`, "2024'01"],
])("ds_format_locale(%s)", (args, text) => {
  expect(render(args)).toBe(text);
});

test("a name of a format gives date and time in the way of the locale", () => {
  expect(render(`ds, "%Y-%m-%d", "short", "de_DE"`)).toBe("31.01.24, 00:00");
});

test.each([
  [`ds, "%Y-%m-%d", "ww"`, /ds_format_locale\(\) knows no "ww"/],
  [`ds, "%Y-%m-%d", "d", "no such place"`, /there is no locale "no such place"/],
])("%s is refused", (args, message) => {
  expect(() => render(args)).toThrow(message);
});
