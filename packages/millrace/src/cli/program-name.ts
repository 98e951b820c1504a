const IN_PROJECT = /[\\/]node_modules[\\/](?:\.bin[\\/]millrace|millrace[\\/])/;
const IN_CHECKOUT = /^(.*)[\\/]packages[\\/]millrace[\\/](?:bin|src)[\\/]/;

/**
 * How a person calls this program in `cwd`, judged by the script that Node was given: installed in a project, in a checkout of the
 * repository, or on the path.
 */
export function programName(script: string | undefined, cwd: string): string {
  if (script === undefined) return "millrace";
  if (IN_PROJECT.test(script)) return "npx millrace";
  const checkout = IN_CHECKOUT.exec(script)?.[1];
  const isInside = checkout !== undefined && (cwd === checkout || /^[\\/]/.test(afterPrefix(cwd, checkout)));
  return isInside ? "npm run millrace --" : "millrace";
}

function afterPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : "";
}
