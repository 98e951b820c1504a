// Runs a file of this repository on a machine that has only git, npm and Node 20.19 or newer:
//
//   node scripts/bootstrap.mjs [--with-ui] <file> [arguments…]
//
// It installs what package-lock.json names when node_modules does not hold it, finds the Node 24 that the npm package
// `node` brings, and runs <file> with it; with --with-ui it builds the interface first when that is stale. Plain JavaScript, because Node 20 does not run TypeScript.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_FOR_BOOTSTRAP = [20, 19];
const OLDEST_FOR_MILLRACE = [22, 18];
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const MODULES = path.join(ROOT, "node_modules");
const HIDDEN_LOCK = path.join(MODULES, ".package-lock.json");
const STAMP = path.join(MODULES, ".installed-lock");
const IS_WINDOWS = process.platform === "win32";

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) main(process.argv.slice(2));

function main(given) {
  const withUi = given[0] === "--with-ui";
  const [file, ...args] = withUi ? given.slice(1) : given;
  if (file === undefined) fail("usage: node scripts/bootstrap.mjs [--with-ui] <file> [arguments…]");
  if (!isAtLeast(process.versions.node, OLDEST_FOR_BOOTSTRAP)) {
    fail(
      `Node ${process.versions.node} is too old: install Node ${OLDEST_FOR_BOOTSTRAP.join(".")} or newer, then run this again.`,
    );
  }
  installIfStale();
  const node = findNode();
  if (withUi) buildUi(node);
  run(node, path.resolve(ROOT, file), args);
}

/** True when `version` ("24.9.0") is at least `[major, minor]`. */
export function isAtLeast(version, [major, minor]) {
  const [ownMajor, ownMinor] = version.split(".").map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/**
 * What keeps `installed` (npm's hidden lockfile) from being what `wanted` (package-lock.json) names, as a sentence, or
 * undefined when nothing does. Optional packages count only where they belong to this platform.
 */
export function whyStale(wanted, installed, platform) {
  for (const [place, entry] of Object.entries(wanted.packages)) {
    if (place === "" || !place.includes("node_modules/")) continue;
    const present = installed.packages[place];
    if (present === undefined && entry.optional === true && !isForPlatform(entry, platform)) continue;
    if (present === undefined) return `${place} is missing`;
    if (entry.link !== true && present.version !== entry.version) {
      return `${place} is ${present.version}, package-lock.json names ${entry.version}`;
    }
  }
  return undefined;
}

// An optional package that names no platform belongs to another optional one and comes and goes with it.
function isForPlatform(entry, { os, cpu, libc }) {
  if (entry.os === undefined && entry.cpu === undefined) return false;
  const fits = (list, value) => list === undefined || list.includes(value);
  return fits(entry.os, os) && fits(entry.cpu, cpu) && fits(entry.libc, libc);
}

function installIfStale() {
  const lockText = readFileSync(path.join(ROOT, "package-lock.json"), "utf8");
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === stampFor(lockText)) return;
  const reason = findInstallReason(lockText);
  if (reason !== undefined) install(reason);
  writeFileSync(STAMP, stampFor(lockText));
}

// Names the wanted and the installed state, so that neither a changed lockfile nor another `npm install` goes unseen.
function stampFor(lockText) {
  const installedAt = existsSync(HIDDEN_LOCK) ? statSync(HIDDEN_LOCK).mtimeMs : 0;
  return `${createHash("sha256").update(lockText).digest("hex")} ${installedAt}\n`;
}

function findInstallReason(lockText) {
  if (!existsSync(HIDDEN_LOCK)) return "node_modules is missing";
  const platform = { os: process.platform, cpu: process.arch, libc: libcName() };
  return whyStale(JSON.parse(lockText), JSON.parse(readFileSync(HIDDEN_LOCK, "utf8")), platform);
}

function install(reason) {
  say(`${reason}: installing (npm ci, about a minute, once)`);
  // Install scripts stay off: newer npm blocks them, so nothing here may need them. Development dependencies are named
  // because NODE_ENV=production would leave them out. Warnings stay off: this Node is too old for most packages, and the
  // one that runs them comes with them.
  const { status, error } = runNpm(
    ["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"],
    ROOT,
  );
  if (error !== undefined) fail(`npm cannot be started (${error.message}): install npm, then run this again.`);
  if (status !== 0) {
    fail("`npm ci` failed, its own message stands above. Check the network and the npm registry, then run this again.");
  }
}

function libcName() {
  if (process.platform !== "linux") return undefined;
  return process.report.getReport().header.glibcVersionRuntime === undefined ? "musl" : "glibc";
}

// The package `node` downloads its binary in a preinstall script. Where scripts are off, the same script is called here.
function findNode() {
  const packaged = path.join(MODULES, "node", "bin", IS_WINDOWS ? "node.exe" : "node");
  if (answers(packaged)) return packaged;
  say("fetching the Node that package.json names (npm package `node`), once");
  spawnSync(process.execPath, ["installArchSpecificPackage.js"], {
    cwd: path.join(MODULES, "node"),
    stdio: ["ignore", 2, 2],
    env: { ...process.env, npm_config_loglevel: "error", NODE_NO_WARNINGS: "1" },
  });
  if (answers(packaged)) return packaged;
  if (isAtLeast(process.versions.node, OLDEST_FOR_MILLRACE)) {
    say(`not found for this platform, going on with Node ${process.versions.node}`);
    return process.execPath;
  }
  return fail(
    `the npm package \`node\` brings no binary for ${process.platform}-${process.arch}: install Node 24, then run this again.`,
  );
}

function buildUi(node) {
  const script = path.join(ROOT, "scripts", "build-ui.ts");
  const { status } = spawnSync(node, [script, "--if-stale"], { cwd: ROOT, stdio: ["ignore", 2, 2] });
  if (status !== 0) say("the interface could not be built, its own message stands above; going on without it");
}

function answers(binary) {
  return existsSync(binary) && spawnSync(binary, ["--version"], { stdio: "ignore" }).status === 0;
}

function runNpm(args, cwd) {
  const own = process.env.npm_execpath;
  const options = { cwd, stdio: ["ignore", 2, 2] };
  // Under `npm start` npm names itself; other package managers do so too, but cannot read package-lock.json.
  if (own !== undefined && /npm-cli\.c?js$/.test(own)) return spawnSync(process.execPath, [own, ...args], options);
  return spawnSync("npm", args, { ...options, shell: IS_WINDOWS });
}

function run(node, file, args) {
  const pathKey = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  const first = [path.dirname(node), path.join(MODULES, ".bin")];
  const env = { ...process.env, [pathKey]: [...first, process.env[pathKey] ?? ""].join(path.delimiter) };
  const child = spawn(node, [file, ...args], { stdio: "inherit", env });
  child.on("error", (error) => fail(`${node} cannot be started: ${error.message}`));
  passOnSignals(child);
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

// A terminal sends Ctrl-C to every process of the foreground group, so the child has it already, and npm sends it to us
// once more. Without a terminal nobody else tells the child.
function passOnSignals(child) {
  const hasTerminal = process.stdin.isTTY === true;
  process.on("SIGINT", () => hasTerminal || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
}

function say(message) {
  process.stderr.write(`millrace: ${message}\n`);
}

function fail(message) {
  say(message);
  process.exit(1);
}
