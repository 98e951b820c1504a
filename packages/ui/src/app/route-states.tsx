import type { ErrorComponentProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { EmptyState, ErrorState, LoadingState } from "../components/answer.tsx";
import { Page } from "../components/page.tsx";
import { texts } from "../texts/index.ts";

/** A page whose code is on its way. */
export function RoutePending(): ReactNode {
  return <LoadingState rows={10} />;
}

/** A page that threw. The frame around it stands. */
export function RouteError({ error, reset }: ErrorComponentProps): ReactNode {
  return (
    <Page title={texts.shell.failed}>
      <ErrorState error={error} retry={reset} />
    </Page>
  );
}

/** An address that names nothing. */
export function RouteNotFound(): ReactNode {
  return (
    <Page title={texts.shell.notFound}>
      <EmptyState title={texts.shell.notFoundHint} />
    </Page>
  );
}
