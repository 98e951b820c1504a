import { getVersionSource, listVersions, type AnswerOf } from "@millrace/api";
import { Group, Select, Stack } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMay } from "../../app/session-context.tsx";
import { useFilters } from "../../app/url-filters.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { formatTime } from "../../time/format-time.model.ts";
import { useZone } from "../../time/preferences.tsx";
import { DiffView } from "./code/diff-view.tsx";
import { SourceView } from "./code/source-view.tsx";
import { VersionRuns } from "./code/version-runs.tsx";

/** The DAG's file in each of its versions, and what differs between two of them. */
export function CodeTab(): ReactNode {
  const { dagId = "" } = useParams({ strict: false });
  const may = useMay();
  const versions = useCall(listVersions, { params: { dagId } }, { live: { about: "dags", dagId } });
  if (!may("can_read", "DAG Code"))
    return <EmptyState title={texts.graph.code.notAllowed}>{texts.graph.code.notAllowedHint}</EmptyState>;
  return (
    <Answer query={versions} isEmpty={({ items }) => items.length === 0} skeletonRows={14}>
      {({ items }) => <Versions dagId={dagId} versions={items} />}
    </Answer>
  );
}

type Version = AnswerOf<typeof listVersions>["items"][number];

function Versions({ dagId, versions }: { readonly dagId: string; readonly versions: readonly Version[] }): ReactNode {
  const [filters, change] = useFilters<"version" | "against" | "line">();
  const { zone } = useZone();
  const { code } = texts.graph;
  const find = (text: string | undefined): Version | undefined =>
    versions.find(({ version }) => String(version) === text);
  const version = (find(filters.version) ?? versions[0]).version;
  const against = find(filters.against)?.version;
  const data = versions.map(({ version: number, createdAt }) => {
    const { text, zone: name } = formatTime(createdAt, zone, "minute");
    return { value: String(number), label: `${code.versionOf(number)} · ${text} ${name}` };
  });
  const others = data.filter(({ value }) => value !== String(version));
  const isDiff = against !== undefined && against !== version;
  return (
    <Stack gap="sm">
      <Group gap="xs" align="flex-end">
        <Select
          size="xs"
          w={300}
          label={code.version}
          allowDeselect={false}
          data={data}
          value={String(version)}
          onChange={(picked) => change({ version: picked ?? undefined, line: undefined })}
        />
        {others.length > 0 && (
          <Select
            size="xs"
            w={300}
            label={code.against}
            placeholder={code.nothing}
            clearable
            data={others}
            value={isDiff ? String(against) : null}
            onChange={(picked) => change({ against: picked ?? undefined })}
          />
        )}
      </Group>
      <VersionRuns dagId={dagId} version={version} />
      {isDiff ? (
        <DiffView dagId={dagId} version={Math.max(version, against)} older={Math.min(version, against)} />
      ) : (
        <Source key={version} dagId={dagId} version={version} />
      )}
    </Stack>
  );
}

function Source({ dagId, version }: { readonly dagId: string; readonly version: number }): ReactNode {
  const source = useCall(getVersionSource, { params: { dagId, version } }, { staleTime: Infinity });
  return (
    <Answer query={source} skeletonRows={14}>
      {(found) => <SourceView dagId={dagId} version={version} file={found.file} source={found.source} />}
    </Answer>
  );
}
