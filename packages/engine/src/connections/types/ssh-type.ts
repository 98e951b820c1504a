import { MillraceError, type Connection } from "@millrace/core";
import { flag, form, port, secret, text, type KnownType, type Trial } from "../known-type.ts";
import { placeOf } from "../place-of.ts";
import { talkOver } from "../talk.ts";

const PORT = 22;

/** Machines that are reached by SSH. */
export const SSH_TYPE: KnownType = {
  type: "ssh",
  label: "SSH",
  aliases: ["sftp"],
  form: form(
    { host: text("Host", { minLength: 1 }), port: port(PORT), login: text("User"), password: secret("Password") },
    {
      required: ["host"],
      extra: {
        key_file: text("File with the private key"),
        private_key: secret("Private key"),
        private_key_passphrase: secret("Passphrase of the private key"),
        no_host_key_check: flag("Take any host key", false),
      },
    },
  ),
  trial: trySsh,
};

/** Reads the banner, with which each server begins. */
async function trySsh(connection: Connection, { network, signal }: Parameters<Trial>[1]): Promise<string> {
  const { host, port: at } = placeOf(connection, PORT);
  const socket = await network.connect({ host, port: at, tls: false, signal });
  try {
    const banner = await talkOver(socket, signal).hearLine();
    if (!banner.startsWith("SSH-")) throw new MillraceError("UNREACHABLE", `${host}:${at} is no SSH server`);
    return `${host}:${at} is ${banner.slice(0, 80)} (the login was not tried)`;
  } finally {
    socket.destroy();
  }
}
