import { expect, test } from "vitest";
import { didYouMean, nearNames } from "./near-names.ts";

const DAGS = ["orders", "orders_daily", "customers", "domain_ingestion_dag"];

test("a letter that is missing, wrong or swapped finds the name", () => {
  expect(nearNames("ordrs", DAGS)[0]).toBe("orders");
  expect(nearNames("ordars", DAGS)[0]).toBe("orders");
  expect(nearNames("odrers", DAGS)[0]).toBe("orders");
  expect(nearNames("Orders", DAGS)[0]).toBe("orders");
});

test("a part of a name finds it", () => {
  expect(nearNames("ingestion", DAGS)).toEqual(["domain_ingestion_dag"]);
});

test("nothing near gives nothing", () => {
  expect(nearNames("payments", DAGS)).toEqual([]);
  expect(didYouMean("payments", DAGS)).toBeUndefined();
});

test("several near names are joined, at most three, the nearest first", () => {
  expect(didYouMean("order", DAGS)).toBe("Did you mean orders or orders_daily?");
  expect(nearNames("task", ["task1", "task2", "task3", "task4"])).toHaveLength(3);
});
