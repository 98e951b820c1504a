import {
  type Connection,
  connectionForm,
  flagField,
  MillraceError,
  portField,
  secretField,
  textField,
} from "@millrace/core";
import type { KnownType, Trial } from "../known-type.ts";
import { placeOf } from "../place-of.ts";
import { talkOver } from "../talk.ts";

const PORT = 22;

/** Machines that are reached by SSH. */
export const SSH_TYPE: KnownType = {
  type: "ssh",
  label: "SSH",
  aliases: ["sftp"],
  form: connectionForm(
    {
      host: textField("Host", { minLength: 1 }),
      port: portField(PORT),
      login: textField("User"),
      password: secretField("Password"),
    },
    {
      required: ["host"],
      extra: {
        key_file: textField("File with the private key"),
        private_key: secretField("Private key"),
        private_key_passphrase: secretField("Passphrase of the private key"),
        no_host_key_check: flagField("Take any host key", false),
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
