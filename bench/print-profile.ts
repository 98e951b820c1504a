// What a profile of `npm run bench -- --profile FOLDER` says: node bench/print-profile.ts FILE.cpuprofile…
import { readFileSync } from "node:fs";
import type { Profiler } from "node:inspector";
import { basename, resolve } from "node:path";
import { selfTimes, type SelfTime } from "./profile/self-times.ts";

const MODULES = 15;
const FUNCTIONS = 25;
const files = process.argv.slice(2);

if (files.length === 0) {
  console.error("usage: node bench/print-profile.ts FILE.cpuprofile…");
  process.exitCode = 2;
}

for (const file of files) {
  const profile = JSON.parse(readFileSync(file, "utf8")) as Profiler.Profile;
  const { totalMs, busyMs, modules, functions } = selfTimes(profile, resolve(import.meta.dirname, ".."));
  const print = ({ name, ms }: SelfTime): void =>
    console.log(`${ms.toFixed(0).padStart(8)} ms ${((ms * 100) / busyMs).toFixed(1).padStart(5)} %  ${name}`);
  console.log(`\n${basename(file)}: busy ${busyMs.toFixed(0)} of ${totalMs.toFixed(0)} ms\n`);
  modules.slice(0, MODULES).forEach(print);
  console.log("");
  functions.slice(0, FUNCTIONS).forEach(print);
}
