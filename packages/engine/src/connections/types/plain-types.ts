import { flag, form, port, secret, text, type KnownType } from "../known-type.ts";

const LOGIN = { login: text("Login"), password: secret("Password") };

/** Types of which only the address is tried. */
export const PLAIN_TYPES: readonly KnownType[] = [
  {
    type: "mysql",
    label: "MySQL",
    defaultPort: 3_306,
    form: form(
      { host: text("Host", { minLength: 1 }), port: port(3_306), ...LOGIN, schema: text("Database") },
      { required: ["host"] },
    ),
  },
  {
    type: "ftp",
    label: "FTP",
    defaultPort: 21,
    form: form({ host: text("Host", { minLength: 1 }), port: port(21), ...LOGIN }, { required: ["host"] }),
  },
  {
    type: "spark",
    label: "Spark",
    defaultPort: 7_077,
    form: form(
      {
        host: text("Address of the master", { minLength: 1, examples: ["spark://spark-master"] }),
        port: port(7_077),
        ...LOGIN,
      },
      { required: ["host"], extra: { "deploy-mode": text("Where the driver runs", { enum: ["client", "cluster"] }) } },
    ),
  },
  {
    type: "amqp",
    label: "AMQP",
    defaultPort: 5_672,
    form: form(
      { host: text("Host", { minLength: 1 }), port: port(5_672), ...LOGIN, schema: text("Virtual host") },
      { required: ["host"], extra: { ssl: flag("TLS", false) } },
    ),
  },
  {
    type: "elasticsearch",
    label: "Elasticsearch",
    defaultPort: 9_200,
    form: form(
      { host: text("Host", { minLength: 1 }), port: port(9_200), ...LOGIN, schema: text("Scheme") },
      { required: ["host"] },
    ),
  },
  {
    type: "generic",
    label: "Anything else",
    form: form({ host: text("Host"), port: port(), ...LOGIN, schema: text("Schema") }),
  },
];
