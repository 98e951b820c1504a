import { getPage } from "@millrace/api";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Answer } from "../../components/answer.tsx";
import { AppLink } from "../../components/app-link.tsx";
import { Page } from "../../components/page.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { PageView } from "./page-view.tsx";

/** A page that a pipeline adds. */
export function PluginPage(): ReactNode {
  const { pageId } = useParams({ from: "/pages/$pageId" });
  const page = useCall(getPage, { params: { pageId } });
  const { title = pageId, description } = page.data ?? {};
  return (
    <Page
      title={title}
      crumbs={[
        <AppLink key="pages" to="/pages">
          {texts.shell.pages}
        </AppLink>,
      ]}
      {...(description !== undefined && { subtitle: description })}
    >
      <Answer query={page}>{(data) => <PageView page={data} />}</Answer>
    </Page>
  );
}
