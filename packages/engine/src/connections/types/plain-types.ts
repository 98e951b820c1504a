import { flagField, connectionForm, portField, secretField, textField } from "@millrace/core";
import type { KnownType } from "../known-type.ts";

const LOGIN = { login: textField("Login"), password: secretField("Password") };

/** Types of which only the address is tried. */
export const PLAIN_TYPES: readonly KnownType[] = [
  {
    type: "mysql",
    label: "MySQL",
    defaultPort: 3_306,
    form: connectionForm(
      { host: textField("Host", { minLength: 1 }), port: portField(3_306), ...LOGIN, schema: textField("Database") },
      { required: ["host"] },
    ),
  },
  {
    type: "ftp",
    label: "FTP",
    defaultPort: 21,
    form: connectionForm(
      { host: textField("Host", { minLength: 1 }), port: portField(21), ...LOGIN },
      { required: ["host"] },
    ),
  },
  {
    type: "amqp",
    label: "AMQP",
    defaultPort: 5_672,
    form: connectionForm(
      {
        host: textField("Host", { minLength: 1 }),
        port: portField(5_672),
        ...LOGIN,
        schema: textField("Virtual host"),
      },
      { required: ["host"], extra: { ssl: flagField("TLS", false) } },
    ),
  },
  {
    type: "elasticsearch",
    label: "Elasticsearch",
    defaultPort: 9_200,
    form: connectionForm(
      { host: textField("Host", { minLength: 1 }), port: portField(9_200), ...LOGIN, schema: textField("Scheme") },
      { required: ["host"] },
    ),
  },
  {
    type: "generic",
    label: "Anything else",
    form: connectionForm({ host: textField("Host"), port: portField(), ...LOGIN, schema: textField("Schema") }),
  },
];
