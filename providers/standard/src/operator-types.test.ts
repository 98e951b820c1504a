import { dag, jsonVariable, variable, type Handle } from "@millrace/core";
import { expect, expectTypeOf, test } from "vitest";
import { bash } from "./bash.ts";
import { http } from "./http/http.ts";
import { python } from "./python.ts";
import { triggerDag } from "./trigger-dag.ts";
import { waitForRun } from "./waits/wait-for-run.ts";

test("results have the types that their options say, and options take what becomes their value", () => {
  const built = dag("types", ({ task, sensor }) => {
    const line = task("line", bash({ command: ["echo", variable("what")], env: { TOKEN: variable("token") } }));
    expectTypeOf(line).toEqualTypeOf<Handle<string>>();
    const json = task(
      "json",
      python<{ readonly rows: number }>({ source: "print(1)", input: { line }, result: "json" }),
    );
    expectTypeOf(json).toEqualTypeOf<Handle<{ readonly rows: number }>>();
    const count = task("count", http({ url: line, filter: (response) => response.json<readonly string[]>().length }));
    expectTypeOf(count).toEqualTypeOf<Handle<number>>();
    const made = task("made", triggerDag({ dagId: "child", conf: jsonVariable<{ a: number }>("conf") }));
    expectTypeOf(made).toExtend<Handle<{ readonly runId: string }>>();
    const found = sensor("found", { timeout: "1h" }, waitForRun({ dagId: "child" }));
    expectTypeOf(found).toExtend<Handle<{ readonly dagId: string }>>();

    // @ts-expect-error a command is a text or a list of texts
    bash({ command: 7 });
    // @ts-expect-error the handle is a number
    bash({ command: "true", cwd: count });
    // @ts-expect-error no such option
    http({ url: "https://example.com", querry: {} });
    // @ts-expect-error a length of time has a unit
    triggerDag({ dagId: "child", every: "60" });
  });
  expect(built.dagId).toBe("types");
});

test("a sensor is declared with sensor()", () => {
  const wrong = dag("wrong", ({ task }) => {
    task("t", waitForRun({ dagId: "child" }) as never);
  });
  expect(() => wrong.build()).toThrow("declare it with sensor");
});
