import { expect, test } from "vitest";
import { psqlEnvironment } from "./psql-environment.ts";

test("a URL with everything becomes variables, decoded", () => {
  expect(
    psqlEnvironment("postgresql://ada:p%40ss%2F@db.example:6432/mill%20race?sslmode=require&connect_timeout=3"),
  ).toEqual({
    PGUSER: "ada",
    PGPASSWORD: "p@ss/",
    PGHOST: "db.example",
    PGPORT: "6432",
    PGDATABASE: "mill race",
    PGSSLMODE: "require",
    PGCONNECT_TIMEOUT: "3",
  });
});

test("a socket's folder in the query is the host", () => {
  expect(psqlEnvironment("postgresql://millrace@/millrace?host=%2Frun%2Fmill&port=5432&sslmode=disable")).toEqual({
    PGUSER: "millrace",
    PGHOST: "/run/mill",
    PGPORT: "5432",
    PGDATABASE: "millrace",
    PGSSLMODE: "disable",
  });
});

test("several hosts and an address in brackets stay what they are; unknown parameters are left out", () => {
  expect(psqlEnvironment("postgres://one:5433,[::1]/db?max=3")).toEqual({
    PGHOST: "one,::1",
    PGPORT: "5433,",
    PGDATABASE: "db",
  });
});
