import { getPage } from "@millrace/api";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Answer } from "../../components/answer.tsx";
import { useCall } from "../../server/queries.ts";
import { PageView } from "./page-view.tsx";

/** A tab that a pipeline adds to a DAG. */
export function PluginTab(): ReactNode {
  const { pageId } = useParams({ from: "/dags/$dagId/pages/$pageId" });
  const page = useCall(getPage, { params: { pageId } });
  return <Answer query={page}>{(data) => <PageView page={data} />}</Answer>;
}
