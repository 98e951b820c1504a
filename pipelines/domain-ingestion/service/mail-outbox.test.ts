import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeContext } from "../testing/fake-context.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { openMailOutbox } from "./mail-outbox.ts";

const mail = { id: "20251001T000000Z-t-1", to: "sre@localhost, ops@localhost", subject: "S", body: "why" };

test("a mail is a file in the outbox, taken once however often it is sent", async () => {
  const folder = temporaryFolder();
  const outbox = openMailOutbox("file:mail", { nowMs: () => 0, baseFolder: folder, ctx: fakeContext() });
  expect(await outbox.send(mail)).toBe("taken");
  expect(await outbox.send({ ...mail, body: "told again" })).toBe("repeated");
  expect(readdirSync(join(folder, "mail"))).toEqual([`${mail.id}.eml`]);
  expect(readFileSync(join(folder, "mail", `${mail.id}.eml`), "utf8")).toMatch(/^To: sre@localhost, ops@localhost\r$/m);
});

test("what could be another header is no address", async () => {
  const folder = temporaryFolder();
  const outbox = openMailOutbox(`file:${folder}`, { nowMs: () => 0, baseFolder: folder, ctx: fakeContext() });
  await expect(outbox.send({ ...mail, to: "a@b.net\r\nBcc: all@b.net" })).rejects.toThrow("no list of mail addresses");
  expect(readdirSync(folder)).toEqual([]);
});

test("an address of a mail server is refused with what to set", () => {
  expect(() => openMailOutbox("smtp://mail:25", { nowMs: () => 0, baseFolder: "/", ctx: fakeContext() })).toThrow(
    "neither smtp:<id of a connection> nor file:<folder>",
  );
});
