import { randomInt } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import { Problem } from "../http/problem.ts";

// argon2id with 19 MiB, 2 passes, 1 lane: what OWASP recommends at least, and the library's default.
const LONGEST_PASSWORD = 1_000;
const LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** The argon2id hash of a password, in PHC form. @throws Problem 400 for one that is empty or has more than 1 000 characters */
export async function hashPassword(password: string): Promise<string> {
  if (password === "" || password.length > LONGEST_PASSWORD) {
    throw new Problem(400, { detail: `a password must have 1 to ${LONGEST_PASSWORD} characters` });
  }
  return await hash(password);
}

/** Checks passwords in the same time whether or not there is a hash to check against. */
export function makePasswordCheck(): (passwordHash: string | undefined, password: string) => Promise<boolean> {
  let nobodys: Promise<string> | undefined;
  return async (passwordHash, password) => {
    if (password.length > LONGEST_PASSWORD) return false;
    nobodys ??= hash("nobody's password");
    const isRight = await verify(passwordHash ?? (await nobodys), password);
    return isRight && passwordHash !== undefined;
  };
}

/** A password of 20 characters (117 random bits) without those that are easily confused. */
export function randomPassword(): string {
  return Array.from({ length: 20 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}
