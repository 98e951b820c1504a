export { compileBundle } from "./compile-bundle.ts";
