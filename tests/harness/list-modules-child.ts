// Loaded before the command line by `node --import`: leaves the address of each module that it loads in the file TEST_LOADED_MODULES, a line each.
import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";

const file = process.env["TEST_LOADED_MODULES"];
// Not those of the processes that it starts.
if (file !== undefined && process.argv[1]?.endsWith("cli/main.ts") === true)
  registerHooks({
    load(url, context, next) {
      appendFileSync(file, `${url}\n`);
      return next(url, context);
    },
  });
