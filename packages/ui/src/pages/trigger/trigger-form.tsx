import { isMillraceError, triggerRun } from "@millrace/api";
import { Alert, Button, Grid, Group, Stack, Text } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { Link2, Play, RotateCcw } from "lucide-react";
import { useRef, useState, type FormEvent, type ReactNode } from "react";
import { useFilters, writeFilters } from "../../app/url-filters.ts";
import { ErrorState } from "../../components/answer.tsx";
import { Panel } from "../../components/page.tsx";
import type { Draft } from "../../components/schema-form/field-values.model.ts";
import { paramFields, type DeclaredParam } from "../../components/schema-form/param-fields.model.ts";
import { SchemaFields } from "../../components/schema-form/schema-fields.tsx";
import { client } from "../../server/client.ts";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";
import { ConfEditor } from "./conf-editor.tsx";
import { FromRun } from "./from-run.tsx";
import { useIdempotencyKey } from "./idempotency-key.ts";
import { RunFields } from "./run-fields.tsx";
import {
  applyConf,
  draftFromUrl,
  emptyDraft,
  readConf,
  splitServerFaults,
  type Conf,
  type TriggerDraft,
} from "./trigger-draft.model.ts";

const words = texts.trigger;
const NO_FAULTS: Readonly<Record<string, string>> = {};

/** The form that makes a run; afterwards the run is shown. */
export function TriggerForm({
  dagId,
  params,
}: {
  readonly dagId: string;
  readonly params: Readonly<Record<string, DeclaredParam>>;
}): ReactNode {
  const fields = paramFields(params);
  const [query] = useFilters();
  const [draft, setDraft] = useState(() => draftFromUrl(fields, query));
  const [shownFaults, setShownFaults] = useState(NO_FAULTS);
  const form = useRef<HTMLFormElement>(null);
  const { conf, faults } = readConf(fields, draft);
  const act = useTrigger(dagId, (error) => {
    setShownFaults(splitServerFaults(error.message, Object.keys(params)));
  });
  const change = (next: Partial<TriggerDraft>): void => setDraft((before) => ({ ...before, ...next }));
  const changeField = (name: string, value: Draft): void => {
    setDraft((before) => ({ ...before, fields: { ...before.fields, [name]: value } }));
    setShownFaults((before) => Object.fromEntries(Object.entries(before).filter(([each]) => each !== name)));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setShownFaults(faults);
    if (Object.keys(faults).length === 0) act.mutate(requestOf(draft, conf));
    // The first field that needs another value is where one goes on.
    else requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  };
  const count = Object.keys(shownFaults).length;
  return (
    <form onSubmit={submit} ref={form} noValidate>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Panel
            title={words.params}
            actions={
              <FromRun dagId={dagId} onConf={(taken) => setDraft((before) => applyConf(fields, before, taken))} />
            }
          >
            {fields.length === 0 && <Text size="sm">{words.noParams}</Text>}
            <SchemaFields fields={fields} drafts={draft.fields} faults={shownFaults} onChange={changeField} />
          </Panel>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack>
            <RunFields draft={draft} onChange={change} />
            <ConfEditor conf={conf} onConf={(next) => setDraft((before) => replaceConf(fields, before, next))} />
            {count > 0 && (
              <Alert color="red" role="alert">
                {words.faults(count)}
              </Alert>
            )}
            {act.error && count === 0 && <ErrorState error={act.error} />}
            <Group>
              <Button type="submit" leftSection={<Play size={15} />} loading={act.isPending}>
                {words.submit}
              </Button>
              <Button
                variant="default"
                leftSection={<RotateCcw size={14} />}
                onClick={() => {
                  setDraft(emptyDraft(fields));
                  setShownFaults(NO_FAULTS);
                }}
              >
                {words.reset}
              </Button>
              <LinkButton dagId={dagId} draft={draft} conf={conf} />
            </Group>
          </Stack>
        </Grid.Col>
      </Grid>
    </form>
  );
}

/** What stands in the JSON is all that there is: other fields go back to their defaults. */
function replaceConf(fields: Parameters<typeof applyConf>[0], draft: TriggerDraft, conf: Conf): TriggerDraft {
  return applyConf(fields, { ...draft, fields: emptyDraft(fields).fields }, conf);
}

interface Request {
  readonly runKey?: string;
  readonly logicalDate?: string;
  readonly runAfter?: string;
  readonly note?: string;
  readonly conf?: Conf;
}

function requestOf({ runKey, logicalDate, runAfter, note }: TriggerDraft, conf: Conf): Request {
  return {
    ...(runKey !== "" && { runKey }),
    ...(logicalDate !== "" && { logicalDate }),
    ...(runAfter !== "" && { runAfter }),
    ...(note.trim() !== "" && { note }),
    ...(Object.keys(conf).length > 0 && { conf }),
  };
}

function useTrigger(dagId: string, onRefused: (error: Error) => void) {
  const navigate = useNavigate();
  const keyOf = useIdempotencyKey();
  return useAct({
    run: async (body: Request) => {
      try {
        const made = await client.call(triggerRun, { params: { dagId }, body }, { idempotencyKey: keyOf(body) });
        if (made.runKey !== undefined)
          await navigate({ to: "/dags/$dagId/runs/$runKey", params: { dagId, runKey: made.runKey } });
        return made;
      } catch (error) {
        if (isMillraceError(error) && error.code === "BAD_PARAM") onRefused(error);
        throw error;
      }
    },
    done: ({ runKey }) => (runKey === undefined ? undefined : words.done(runKey)),
    showsErrors: false,
  });
}

/** Others who open the link see the form as it is filled in here. */
function LinkButton({
  dagId,
  draft,
  conf,
}: {
  readonly dagId: string;
  readonly draft: TriggerDraft;
  readonly conf: Conf;
}): ReactNode {
  const { copy, copied } = useClipboard({ timeout: 2_000 });
  const copyLink = (): void => {
    const query = writeFilters({
      run_id: draft.runKey,
      logical_date: draft.logicalDate,
      run_after: draft.runAfter,
      note: draft.note,
      conf: JSON.stringify(conf),
    });
    copy(`${location.origin}/dags/${encodeURIComponent(dagId)}/trigger${query}`);
  };
  return (
    <Button variant="subtle" size="compact-sm" leftSection={<Link2 size={14} />} onClick={copyLink}>
      {copied ? words.linked : words.link}
    </Button>
  );
}
