import { describe, expect, test } from "vitest";
import { aCompiledGraph, aTask, type GraphSpec, type TaskSpec } from "./testing/a-graph.ts";
import { World } from "./testing/world.ts";

const world = (specs: readonly TaskSpec[], dag: GraphSpec = {}): World => new World(aCompiledGraph(specs, dag));

describe("a branch", () => {
  const fork = (): World =>
    world([
      aTask("route", { kind: "branch" }),
      aTask("x", { after: ["route:x"] }),
      aTask("y", { after: ["route:y"] }),
      aTask("both", { after: ["route:x|y"] }),
      aTask("free", { after: ["route"] }),
      aTask("join", { after: ["x", "y"], triggerRule: "none_failed_min_one_success" }),
    ]);

  test.each([
    [["x"], { x: "queued", y: "skipped", both: "queued", free: "queued", join: "none" }],
    [["x", "y"], { x: "queued", y: "queued", both: "queued", join: "none" }],
    [[], { x: "skipped", y: "skipped", both: "skipped", free: "queued", join: "skipped" }],
  ] as const)("that chose %j lets exactly that follow", (choice, states) => {
    const run = fork();
    run.end("route", choice);
    expect(run.states()).toMatchObject(states);
    if (choice.length < 2) expect(run.rows.row("y")?.cause?.code).toBe("BRANCH_NOT_CHOSEN");
  });

  test("that failed or was skipped leaves what is below to its rules", () => {
    const failed = fork();
    failed.end("route", "failed");
    expect(failed.states()).toMatchObject({ x: "upstream_failed", join: "upstream_failed" });
    const skipped = fork();
    skipped.end("route", "skipped");
    expect(skipped.states()).toMatchObject({ x: "skipped", join: "skipped" });
  });

  test("does not skip the join that a chosen way leads to as well", () => {
    const run = world([
      aTask("route", { kind: "branch" }),
      aTask("x", { after: ["route:x"] }),
      aTask("join", { after: ["route:y", "x"], triggerRule: "none_failed" }),
    ]);
    run.end("route", ["x"]);
    expect(run.states()).toEqual({ route: "success", x: "queued", join: "none" });
    run.end("x");
    expect(run.state("join")).toBe("queued");
  });

  test("is remembered: a task cleared later is skipped again", () => {
    const run = fork();
    run.end("route", ["x"]);
    run.finish();
    run.clear({ taskIds: ["y"] });
    expect(run.states()).toMatchObject({ y: "skipped", x: "success" });
    run.clear({ taskIds: ["route"], downstream: true });
    run.end("route", ["y"]);
    expect(run.states()).toMatchObject({ x: "skipped", y: "queued" });
  });

  test("that was marked a success by hand ruled nothing out", () => {
    const run = fork();
    run.mark(["route"], "success");
    expect(run.states()).toMatchObject({ x: "queued", y: "queued", free: "queued" });
  });

  const group: GraphSpec = { groups: [{ groupId: "g", over: 2 }] };
  const inside = (): World =>
    world(
      [
        aTask("route", { kind: "branch", group: "g" }),
        aTask("x", { after: ["route:x"], group: "g" }),
        aTask("last", { after: ["route:x"], triggerRule: "none_failed" }),
      ],
      group,
    );

  test("in a mapped group chooses for its own index", () => {
    const run = inside();
    run.end("route", ["y"], 0);
    expect(run.states().x).toEqual(["skipped", "none"]);
    run.end("route", ["x"], 1);
    expect(run.states().x).toEqual(["skipped", "queued"]);
  });

  test("in a mapped group is heard outside when every index has chosen", () => {
    const run = inside();
    run.end("route", ["y"], 0);
    expect(run.state("last")).toBe("none");
    run.end("route", ["x"], 1);
    expect(run.state("last")).toBe("queued");
    const other = inside();
    other.end("route", ["y"], 1);
    other.end("route", [], 0);
    expect(other.state("last")).toBe("skipped");
  });
});

describe("a short circuit", () => {
  const specs = (respectTriggerRules: boolean): readonly TaskSpec[] => [
    aTask("setup", { setup: true }),
    aTask("gate", { kind: "shortCircuit", respectTriggerRules, after: ["setup"] }),
    aTask("next", { after: ["gate"] }),
    aTask("anyway", { after: ["next"], triggerRule: "all_done" }),
    aTask("down", { teardown: true, setups: ["setup"], after: ["anyway"] }),
  ];

  test("that says no skips everything below whatever its rule, but teardowns", () => {
    const run = world(specs(false));
    run.end("setup");
    run.end("gate", []);
    expect(run.states()).toMatchObject({ next: "skipped", anyway: "skipped", down: "queued" });
    expect(run.rows.row("anyway")?.cause?.code).toBe("SHORT_CIRCUIT");
  });

  test("that respects rules skips what is directly below alone", () => {
    const run = world(specs(true));
    run.end("setup");
    run.end("gate", []);
    expect(run.states()).toMatchObject({ next: "skipped", anyway: "queued", down: "none" });
  });

  test("that says yes lets all go on, and one that fails leaves it to the rules", () => {
    const run = world(specs(false));
    run.end("setup");
    run.end("gate");
    expect(run.state("next")).toBe("queued");
    const failed = world(specs(false));
    failed.end("setup");
    failed.end("gate", "failed");
    expect(failed.states()).toMatchObject({ next: "upstream_failed", anyway: "queued" });
  });

  test("is remembered by what is cleared later", () => {
    const run = world(specs(false));
    run.finish((taskId) => (taskId === "gate" ? [] : "success"));
    run.clear({ taskIds: ["next"], downstream: true });
    expect(run.states()).toMatchObject({ next: "skipped", anyway: "skipped" });
  });

  const grouped = (): World =>
    world(
      [
        aTask("gate", { kind: "shortCircuit", group: "g" }),
        aTask("in", { after: ["gate"], group: "g" }),
        aTask("join", { after: ["in"], triggerRule: "none_failed" }),
      ],
      { groups: [{ groupId: "g", over: 2 }] },
    );

  test("in a mapped group ends its own index; the join goes on with the others", () => {
    const run = grouped();
    run.end("gate", [], 0);
    expect(run.states()).toMatchObject({ in: ["skipped", "none"], join: "none" });
    run.end("gate", "success", 1);
    run.end("in", "success", 1);
    expect(run.state("join")).toBe("queued");
  });

  test("in a mapped group ends the join when every index says no", () => {
    const run = grouped();
    run.end("gate", [], 0);
    run.end("gate", [], 1);
    expect(run.states()).toMatchObject({ in: ["skipped", "skipped"], join: "skipped" });
  });
});
