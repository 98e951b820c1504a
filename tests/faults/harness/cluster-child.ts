// Starts the embedded database of a folder and owns it until it is killed. Says when it is ready.
import { startEmbeddedPostgres } from "@millrace/store";

await startEmbeddedPostgres({ folder: process.argv[2] });
process.stdout.write("ready\n");
process.stdin.resume();
