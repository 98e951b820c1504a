// For programs that know users, roles and tokens and serve nothing: none of this loads the HTTP server.
export { ensureRoles } from "./built-in-roles.ts";
export { ADMIN_ROLE } from "./caller-of.ts";
export { hashPassword, randomPassword } from "./passwords.ts";
export { mintToken } from "./secrets.ts";
