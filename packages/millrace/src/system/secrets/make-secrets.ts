import { resolve } from "node:path";
import { MillraceError, type EngineStore, type SecretsBackend } from "@millrace/core";
import { chainSecrets, environmentSecrets } from "@millrace/engine";
import type { Config } from "../../config.ts";
import { fileSecrets } from "./file-secrets.ts";

/** A place for variables and connections that the configuration can name. */
export type SecretsPlace = "environment" | "file" | "database";

/** What the places are made of. */
export interface SecretsSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly database: Pick<EngineStore, "readVariable" | "readConnection">;
}

/** The places where a project's variables and connections are looked for, in order. @throws MillraceError BAD_CONFIG */
export function secretsPlaces(
  { secrets, projectFolder }: Pick<Config, "secrets" | "projectFolder">,
  { env, database }: SecretsSources,
): readonly (readonly [name: SecretsPlace, place: SecretsBackend])[] {
  const { backends, file } = secrets;
  if (file !== undefined && !backends.includes("file"))
    throw new MillraceError("BAD_CONFIG", "secrets.file is named, but secrets.backends has no `file`");
  return backends.map((name) => {
    switch (name) {
      case "environment":
        return [name, environmentSecrets(env)];
      case "database":
        return [
          name,
          { variable: (key) => database.readVariable(key), connection: (id) => database.readConnection(id) },
        ];
      case "file":
        if (file !== undefined) return [name, fileSecrets(resolve(projectFolder, file))];
        throw new MillraceError("BAD_CONFIG", "secrets.backends has `file`, but secrets.file names none");
      default:
        throw new MillraceError("BAD_CONFIG", `secrets.backends: there is no ${JSON.stringify(name)}`, {
          details: { hint: "There are environment, file and database." },
        });
    }
  });
}

/** Looks for a project's variables and connections in all of its places. @throws MillraceError BAD_CONFIG */
export function makeSecrets(
  config: Pick<Config, "secrets" | "projectFolder">,
  sources: SecretsSources,
): SecretsBackend {
  return chainSecrets(secretsPlaces(config, sources).map(([, place]) => place));
}
