import { Text } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { AppLink } from "../../components/app-link.tsx";
import { DagLink } from "../../components/run-links.tsx";
import { texts } from "../../texts/index.ts";

const words = texts.assets;

/** The tasks that update an asset. @param most the others are only counted; default: all are named */
export function ProducerLinks({
  producers,
  most = Infinity,
}: {
  readonly producers: readonly { readonly dagId: string; readonly taskId: string }[];
  readonly most?: number;
}): ReactNode {
  if (producers.length === 0) return <Dim>{words.noProducer}</Dim>;
  const links = producers.slice(0, most).map(({ dagId, taskId }, index) => (
    <Fragment key={`${dagId} ${taskId}`}>
      {index > 0 && ", "}
      <AppLink
        to="/dags/$dagId/tasks"
        params={{ dagId }}
        search={{ task: taskId }}
        style={{ overflowWrap: "anywhere" }}
      >
        {dagId} · {taskId}
      </AppLink>
    </Fragment>
  ));
  return producers.length <= most ? (
    links
  ) : (
    <>
      {links} <Dim>{words.more(producers.length - most)}</Dim>
    </>
  );
}

/** The DAGs whose schedule follows an asset. */
export function ConsumerLinks({ consumers }: { readonly consumers: readonly string[] }): ReactNode {
  if (consumers.length === 0) return <Dim>{words.noConsumer}</Dim>;
  return consumers.map((dagId, index) => (
    <Fragment key={dagId}>
      {index > 0 && ", "}
      <DagLink dagId={dagId} />
    </Fragment>
  ));
}

function Dim({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <Text span size="sm" c="var(--text-dim)">
      {children}
    </Text>
  );
}
