import { expect, test } from "vitest";
import { makeSigner } from "./make-signer.ts";

const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

test("a token gives its text back, to its purpose only, and not when it was changed", () => {
  const signer = makeSigner([OLD]);
  const token = signer.sign("dag file", "/dags/ä b.dag.ts");
  expect(token).toMatch(/^[\w.-]+$/);
  expect(signer.open("dag file", token)).toBe("/dags/ä b.dag.ts");
  expect(signer.open("log position", token)).toBeUndefined();
  const [, mac] = token.split(".");
  expect(signer.open("dag file", `${Buffer.from("/etc/passwd").toString("base64url")}.${mac}`)).toBeUndefined();
  for (const forged of ["", ".", token.slice(0, -1), `${token}.x`])
    expect(signer.open("dag file", forged)).toBeUndefined();
});

test("tokens outlive a new key, and are worthless to another system", () => {
  const token = makeSigner([OLD]).sign("p", "text");
  expect(makeSigner([NEW, OLD]).open("p", token)).toBe("text");
  expect(makeSigner([NEW]).open("p", token)).toBeUndefined();
  expect(makeSigner([]).open("p", token)).toBeUndefined();
});
