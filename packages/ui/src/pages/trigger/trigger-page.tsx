import { getDag } from "@millrace/api";
import { Alert } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useRights } from "../../components/actions/use-rights.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { Page } from "../../components/page.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { TriggerForm } from "./trigger-form.tsx";

const words = texts.trigger;

/** Makes a run of a DAG, with the params that it declares. */
export function TriggerPage(): ReactNode {
  const { dagId = "" } = useParams({ strict: false });
  const { trigger } = useRights(dagId);
  const dag = useCall(getDag, { params: { dagId } }, { live: { about: "dags", dagId } });
  return (
    <Page
      title={words.title(dagId)}
      crumbs={[
        <AppLink key="dags" to="/dags">
          {texts.shell.dags}
        </AppLink>,
        <AppLink key="dag" to="/dags/$dagId/grid" params={{ dagId }}>
          {dagId}
        </AppLink>,
        words.crumb,
      ]}
    >
      {trigger ? (
        <Answer query={dag}>
          {({ graph, paused, active, version }) => (
            <>
              {!active && <Alert color="red">{words.inactive}</Alert>}
              {active && paused && <Alert color="yellow">{words.paused}</Alert>}
              {/* A new version may declare other params: the form begins anew. */}
              {active && <TriggerForm key={version} dagId={dagId} params={graph.dag.params} />}
            </>
          )}
        </Answer>
      ) : (
        <EmptyState title={words.noRight}>{words.noRightHint}</EmptyState>
      )}
    </Page>
  );
}
