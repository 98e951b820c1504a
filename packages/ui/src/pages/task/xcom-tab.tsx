import { Button, Code, Group, SegmentedControl, Select, Stack, Text } from "@mantine/core";
import { getXCom, type AnswerOf, type getTaskInstance } from "@millrace/api";
import { Download } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { JsonTree } from "../../components/json/json-tree.tsx";
import { parseJson, prettyJson } from "../../components/json/parse-json.model.ts";
import { Panel } from "../../components/page.tsx";
import { saveFile } from "../../components/save-file.ts";
import { useCall } from "../../server/queries.ts";
import { texts } from "../../texts/index.ts";
import { formatBytes } from "./format-bytes.model.ts";

/** Characters of a value that are drawn as text; the whole can be downloaded. */
const RAW_CHARS = 200_000;
const RESULT = "";

/** What a task instance left: its result, and what it pushed under keys. */
export function XComTab({ instance }: { readonly instance: AnswerOf<typeof getTaskInstance> }): ReactNode {
  const { hasResult, xcomKeys } = instance;
  const [filters, change] = useFilters<"key">();
  const { xcom } = texts.task;
  const keys = [...(hasResult ? [RESULT] : []), ...xcomKeys];
  const chosen = keys.find((key) => key === filters.key) ?? keys[0];
  if (chosen === undefined) return <EmptyState title={xcom.none}>{xcom.noneHint}</EmptyState>;
  return (
    <Stack gap="sm">
      {keys.length > 1 && (
        <Select
          size="xs"
          maw={320}
          label={xcom.key}
          allowDeselect={false}
          searchable={keys.length > 8}
          data={keys.map((key) => ({ value: key, label: key === RESULT ? xcom.result : key }))}
          value={chosen}
          onChange={(key) => change({ key: key ?? undefined })}
        />
      )}
      <XComValue key={chosen} instance={instance} xcomKey={chosen} />
    </Stack>
  );
}

function XComValue({
  instance,
  xcomKey,
}: {
  readonly instance: AnswerOf<typeof getTaskInstance>;
  readonly xcomKey: string;
}): ReactNode {
  const { runId, taskId, mapIndex } = instance;
  const value = useCall(
    getXCom,
    { params: { runId, taskId, mapIndex }, query: xcomKey === RESULT ? {} : { key: xcomKey } },
    { live: { about: "runs", dagId: instance.dagId, runId } },
  );
  const name = xcomKey === RESULT ? texts.task.xcom.result : xcomKey;
  return (
    <Answer query={value}>
      {({ json, meta }) => <ShownValue json={json} meta={meta} name={name} file={`${taskId}.${name}.json`} />}
    </Answer>
  );
}

interface ShownValueProps {
  readonly json: string;
  readonly meta: string | undefined;
  readonly name: string;
  readonly file: string;
}

function ShownValue({ json, meta, name: title, file }: ShownValueProps): ReactNode {
  const [view, setView] = useState<"tree" | "raw">("tree");
  const { xcom } = texts.task;
  const parsed = parseJson(json);
  return (
    <Panel
      title={title}
      actions={
        <Group gap="xs">
          <Text size="xs" c="var(--text-dim)">
            {formatBytes(json.length)}
          </Text>
          <SegmentedControl
            size="xs"
            aria-label={xcom.view}
            data={[
              { value: "tree", label: xcom.tree },
              { value: "raw", label: xcom.raw },
            ]}
            value={view}
            onChange={(next) => setView(next)}
          />
          <CopyButton text={json} />
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<Download size={13} />}
            onClick={() => saveFile(file, new Blob([json], { type: "application/json" }))}
          >
            {texts.actions.download}
          </Button>
        </Group>
      }
    >
      {view === "tree" && parsed.isJson ? (
        <JsonTree value={parsed.value} label={title} />
      ) : (
        <RawText text={prettyJson(json)} />
      )}
      {meta !== undefined && (
        <Text size="xs" c="var(--text-dim)" mt="sm">
          {xcom.meta} <Code>{meta.slice(0, 500)}</Code>
        </Text>
      )}
    </Panel>
  );
}

function RawText({ text }: { readonly text: string }): ReactNode {
  const cut = text.length > RAW_CHARS;
  return (
    <>
      <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", maxHeight: "65dvh" }} tabIndex={0}>
        {cut ? text.slice(0, RAW_CHARS) : text}
      </Code>
      {cut && (
        <Text size="sm" mt="xs">
          {texts.task.xcom.cut(formatBytes(RAW_CHARS), formatBytes(text.length))}
        </Text>
      )}
    </>
  );
}
