import { Secret, type Connection } from "@millrace/core";
import { expect, test } from "vitest";
import { serverOf } from "./spark-server.ts";

const at = (over: Partial<Connection>): Connection => ({ id: "s", type: "spark", extra: {}, ...over });

test.each<[string, Partial<Connection>, string]>([
  ["a host and a port", { host: "spark-master", port: 7078 }, "spark://spark-master:7078"],
  ["Airflow's address without a port", { host: "spark://spark-master" }, "spark://spark-master:7077"],
  ["an address with a port", { host: "spark://m:7000", port: 7077 }, "spark://m:7000"],
  ["several masters", { host: "spark://a:7077,b:7077" }, "spark://a:7077,b:7077"],
  ["Spark within the driver", { host: "local[*]" }, "local[*]"],
  ["YARN", { host: "yarn", port: 7077 }, "yarn"],
  ["Kubernetes", { host: "k8s://https://cluster", port: 6443 }, "k8s://https://cluster:6443"],
])("the master of a connection is that of %s", (_what, connection, master) => {
  expect(serverOf(at(connection)).master).toBe(master);
});

test("pages and submissions of a single master have their usual ports, unless the connection or an option says others", () => {
  expect(serverOf(at({ host: "m" }))).toMatchObject({ ui: "http://m:8080", rest: "http://m:6066", isUiGiven: false });
  const said = at({ host: "m", extra: { ui: "https://spark.example.com/ui/", rest: "spark://m:6067" } });
  expect(serverOf(said)).toMatchObject({ ui: "https://spark.example.com/ui", rest: "http://m:6067", isUiGiven: true });
  expect(serverOf(said, { ui: "http://other:1" }).ui).toBe("http://other:1");
  expect(serverOf(at({ host: "yarn" })).ui).toBeUndefined();
});

test("a login is sent to the pages, and no Spark at all is an error", () => {
  const { headers } = serverOf(at({ host: "m", login: "ada", password: new Secret("hers") }));
  expect(headers).toEqual({ authorization: `Basic ${btoa("ada:hers")}` });
  expect(() => serverOf(undefined)).toThrow(/no Spark is named/);
  expect(() => serverOf(at({ host: "m" }), { ui: "ftp://m" })).toThrow(/is none like/);
});
