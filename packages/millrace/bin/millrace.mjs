#!/usr/bin/env node
// Syntax of Node 12 only: an older Node must get as far as saying what it needs.
import { existsSync } from "fs";
import { fileURLToPath } from "url";

// A published package carries only dist/, the repository only src/.
var source = new URL("../src/cli/main.ts", import.meta.url);
var isCheckout = existsSync(fileURLToPath(source));
var checkout = fileURLToPath(new URL("../../../", import.meta.url));
var own = process.versions.node.split(".").map(Number);
if (own[0] < 22 || (own[0] === 22 && own[1] < 18)) {
  process.stderr.write(
    "millrace needs Node.js 22.18 or newer; this is " +
      process.versions.node +
      ".\n" +
      (isCheckout
        ? (process.cwd() + "/").indexOf(checkout) === 0
          ? "In this checkout `npm run millrace -- <command>` runs it on the Node.js that the checkout brings."
          : "Install a newer one from https://nodejs.org, or use the one that the checkout brings: put " +
            checkout +
            "node_modules/node/bin first on PATH."
        : "Install a newer one from https://nodejs.org, then run the same command again.") +
      " (UNSUPPORTED_NODE)\n",
  );
  process.exit(2);
}

var main = isCheckout ? source : new URL("../dist/cli/main.js", import.meta.url);
import(main.href).catch(function (error) {
  process.stderr.write((error && error.stack ? error.stack : String(error)) + "\n");
  process.exit(1);
});
