import { enableCompileCache } from "node:module";

// Half of a short command's time went into compiling the same few hundred modules again. The cache only serves what is loaded after it.
enableCompileCache();
const { runCli } = await import("./run-cli.ts");
await runCli();
