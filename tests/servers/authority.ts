import { execFile } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** A certificate with its key, as PEM and as files. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
  /** Key and certificate in one file, as Java reads them. */
  readonly file: string;
}

/** An authority of a test's own, whose certificates nobody else trusts. */
export interface Authority {
  /** Its own certificate, as PEM. */
  readonly ca: string;
  readonly caFile: string;
  /** Signs a certificate for names such as `DNS:localhost,IP:127.0.0.1`. @param name of the files, and of whom it is for */
  issue(name: string, alternatives?: string): Promise<Certificate>;
}

const KIND = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];

/** Makes an authority by openssl (Debian: openssl). @param folder of its files, which stay there */
export async function makeAuthority(folder: string): Promise<Authority> {
  const caFile = join(folder, "authority.crt");
  const caKey = join(folder, "authority.key");
  await makeOne([...KIND, "-subj", "/CN=authority of a test", "-keyout", caKey, "-out", caFile]);
  return {
    ca: await readFile(caFile, "utf8"),
    caFile,
    issue: async (name, alternatives = "DNS:localhost,IP:127.0.0.1") => {
      const [certificateFile, keyFile, file] = ["crt", "key", "pem"].map((ending) =>
        join(folder, `${name}.${ending}`),
      ) as [string, string, string];
      const issuer = ["-CA", caFile, "-CAkey", caKey];
      const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=${alternatives}`];
      const leaf = ["-addext", "basicConstraints=critical,CA:FALSE"];
      await makeOne([...KIND, ...issuer, ...subject, ...leaf, "-keyout", keyFile, "-out", certificateFile]);
      const [certificate, key] = await Promise.all([readFile(certificateFile, "utf8"), readFile(keyFile, "utf8")]);
      await writeFile(file, key + certificate);
      await chmod(file, 0o600);
      return { certificate, key, file };
    },
  };
}

async function makeOne(args: readonly string[]): Promise<void> {
  await promisify(execFile)("openssl", ["req", "-x509", ...args]);
}
