import { Button, Checkbox, Fieldset, Group, JsonInput, Select, Stack, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { SchemaFields } from "../../../components/schema-form/schema-fields.tsx";
import { texts } from "../../../texts/index.ts";
import {
  draftOfConnection,
  formOf,
  MASK,
  partsFromText,
  withType,
  type Connection,
  type ConnectionDraft,
  type ConnectionType,
} from "./connection-draft.model.ts";

const words = texts.admin.connections;

/** The fields of a connection: those of its type, and what else its extra has. */
export function ConnectionFields({
  types,
  draft,
  faults,
  before,
  onChange,
}: {
  readonly types: readonly ConnectionType[];
  readonly draft: ConnectionDraft;
  readonly faults: Readonly<Record<string, string>>;
  readonly before?: Connection;
  readonly onChange: (draft: ConnectionDraft) => void;
}): ReactNode {
  const form = formOf(draft.type, types);
  const stored = storedSecrets(before);
  const isUnknown = !types.some(({ type }) => type === draft.type);
  return (
    <Stack>
      {!before && <FromText types={types} draft={draft} onChange={onChange} />}
      <TextInput
        label={words.id}
        description={words.idHint}
        required
        maxLength={200}
        pattern="[A-Za-z0-9_.\-]+"
        readOnly={before !== undefined}
        data-autofocus
        value={draft.connectionId}
        onChange={(event) => onChange({ ...draft, connectionId: event.currentTarget.value })}
      />
      <Select
        label={words.type}
        searchable
        allowDeselect={false}
        value={draft.type}
        data={[
          ...types.map(({ type, label }) => ({ value: type, label: `${label} (${type})` })),
          ...(isUnknown ? [{ value: draft.type, label: draft.type }] : []),
        ]}
        onChange={(type) => onChange(withType(draft, type ?? draft.type, types))}
      />
      <SchemaFields
        fields={form.top}
        drafts={draft.top}
        faults={faults}
        placeholders={stored.top}
        onChange={(name, value) => onChange({ ...draft, top: { ...draft.top, [name]: value } })}
      />
      {before?.hasPassword === true && (
        <Checkbox
          label={words.takeAway}
          checked={draft.takesPasswordAway}
          onChange={(event) => onChange({ ...draft, takesPasswordAway: event.currentTarget.checked })}
        />
      )}
      <Fieldset legend={words.extra}>
        <Stack>
          <SchemaFields
            fields={form.extra}
            drafts={draft.extra}
            faults={ofExtra(faults)}
            placeholders={stored.extra}
            onChange={(name, value) => onChange({ ...draft, extra: { ...draft.extra, [name]: value } })}
          />
          <JsonInput
            label={words.otherExtra}
            description={words.otherExtraHint}
            error={faults["otherExtra"] === undefined ? undefined : words.otherExtraBroken}
            autosize
            minRows={2}
            maxRows={14}
            formatOnBlur
            value={draft.otherExtra}
            onChange={(otherExtra) => onChange({ ...draft, otherExtra })}
          />
        </Stack>
      </Fieldset>
      <TextInput
        label={words.description}
        value={draft.description}
        onChange={(event) => onChange({ ...draft, description: event.currentTarget.value })}
      />
    </Stack>
  );
}

/** Fills in the form from what people have at hand. */
function FromText({
  types,
  draft,
  onChange,
}: {
  readonly types: readonly ConnectionType[];
  readonly draft: ConnectionDraft;
  readonly onChange: (draft: ConnectionDraft) => void;
}): ReactNode {
  const [text, setText] = useState("");
  const [isBroken, setBroken] = useState(false);
  const take = (): void => {
    const parts = partsFromText(text);
    setBroken(parts === undefined);
    if (!parts) return;
    onChange(draftOfConnection({ ...parts, connectionId: draft.connectionId }, types));
    setText("");
  };
  return (
    <Group align="flex-start" wrap="nowrap">
      <TextInput
        style={{ flex: 1 }}
        label={words.uri}
        description={words.uriHint}
        error={isBroken && words.uriBroken}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setBroken(false);
        }}
      />
      <Button variant="default" onClick={take} disabled={text === ""} mt={42}>
        {words.uriTake}
      </Button>
    </Group>
  );
}

function storedSecrets(before: Connection | undefined): {
  readonly top: Readonly<Record<string, string>>;
  readonly extra: Readonly<Record<string, string>>;
} {
  const stays = texts.admin.secretStays;
  const masked = Object.entries(before?.extra ?? {}).filter(([, value]) => value === MASK);
  return {
    top: before?.hasPassword === true ? { password: stays } : {},
    extra: Object.fromEntries(masked.map(([name]) => [name, stays])),
  };
}

function ofExtra(faults: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const own = Object.entries(faults).filter(([name]) => name.startsWith("extra."));
  return Object.fromEntries(own.map(([name, fault]) => [name.slice("extra.".length), fault]));
}
