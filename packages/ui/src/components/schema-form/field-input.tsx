import {
  Autocomplete,
  JsonInput,
  MultiSelect,
  NumberInput,
  PasswordInput,
  Select,
  Switch,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import type { ReactNode } from "react";
import { texts } from "../../texts/index.ts";
import type { Draft } from "./field-values.model.ts";
import type { Choice, Field, FieldKind } from "./param-fields.model.ts";
import { TimeField } from "./time-field.tsx";

const words = texts.forms;

/** A field of a form that was made from a JSON Schema, and what it holds. */
export interface FieldInputProps {
  readonly field: Field;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  /** What is wrong with it. */
  readonly error?: string | undefined;
  /** Stands in an empty field. */
  readonly placeholder?: string | undefined;
}

/** Asks for a value in the way that its schema suggests. */
export function FieldInput({ field, draft, onChange, error, placeholder }: FieldInputProps): ReactNode {
  const { kind } = field;
  const common = {
    label: field.label,
    description: <Description field={field} />,
    error,
    withAsterisk: field.isRequired && kind.kind !== "boolean",
    inputWrapperOrder: ["label", "input", "error", "description"] as ("label" | "input" | "error" | "description")[],
  };
  const text = {
    ...common,
    value: typeof draft === "string" ? draft : "",
    placeholder: placeholder ?? (field.isNullable ? words.nothing : undefined),
  };
  switch (kind.kind) {
    case "hidden":
      return null;
    case "boolean":
      return (
        <Switch
          label={field.label}
          description={common.description}
          error={error}
          checked={draft === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "choice":
      return (
        <Select
          {...text}
          data={dataOf(kind.choices)}
          value={text.value === "" ? null : text.value}
          clearable={!field.isRequired}
          searchable={kind.choices.length > 8}
          onChange={(key) => onChange(key ?? "")}
        />
      );
    case "choices":
      return <Choices kind={kind} common={common} draft={draft} onChange={onChange} />;
    case "text":
      return kind.proposals.length > 0 ? (
        <Autocomplete {...text} data={[...kind.proposals]} onChange={onChange} />
      ) : (
        <TextInput {...text} onChange={(event) => onChange(event.currentTarget.value)} />
      );
    case "secret":
      return <PasswordInput {...text} autoComplete="off" onChange={(event) => onChange(event.currentTarget.value)} />;
    case "multiline":
    case "lines":
      return (
        <Textarea
          {...text}
          autosize
          minRows={3}
          maxRows={16}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "number":
      return (
        <NumberInput
          {...text}
          clampBehavior="none"
          allowDecimal={!kind.isInteger}
          {...(kind.min !== undefined && { min: kind.min })}
          {...(kind.max !== undefined && { max: kind.max })}
          {...(kind.step !== undefined && { step: kind.step })}
          onChange={(value) => onChange(String(value))}
        />
      );
    case "date":
    case "time":
      return (
        <TextInput
          {...text}
          type={kind.kind}
          {...(kind.kind === "time" && { step: 1 })}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "dateTime":
      return (
        <TimeField
          label={field.label}
          description={common.description}
          error={error}
          isRequired={field.isRequired}
          value={text.value}
          onChange={onChange}
        />
      );
    case "json":
      return (
        <JsonInput
          {...text}
          autosize
          minRows={3}
          maxRows={20}
          formatOnBlur
          onChange={onChange}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
        />
      );
    default:
      throw new Error(`unreachable: ${JSON.stringify(kind satisfies never)}`);
  }
}

function dataOf(choices: readonly Choice[]): { value: string; label: string }[] {
  return choices.map(({ key, label }) => ({ value: key, label }));
}

/** Several of what is offered; where others may be added, what is written is a text. */
function Choices({
  kind,
  common,
  draft,
  onChange,
}: {
  readonly kind: Extract<FieldKind, { kind: "choices" }>;
  readonly common: object;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}): ReactNode {
  const keys = Array.isArray(draft) ? [...(draft as readonly string[])] : [];
  if (!kind.isOpen)
    return (
      <MultiSelect {...common} data={dataOf(kind.choices)} value={keys} onChange={onChange} searchable clearable />
    );
  const labelOf = (key: string): string => kind.choices.find((choice) => choice.key === key)?.label ?? plain(key);
  const keyOf = (label: string): string =>
    kind.choices.find((choice) => choice.label === label)?.key ?? JSON.stringify(label);
  return (
    <TagsInput
      {...common}
      data={kind.choices.map(({ label }) => label)}
      value={keys.map(labelOf)}
      onChange={(labels) => onChange(labels.map(keyOf))}
      clearable
    />
  );
}

function plain(key: string): string {
  const value: unknown = JSON.parse(key);
  return typeof value === "string" ? value : key;
}

/** What the author says of it, and which rules it has that are not seen otherwise. */
function Description({ field }: { readonly field: Field }): ReactNode {
  const rule = ruleOf(field);
  if (field.description === undefined && rule === undefined) return undefined;
  return (
    <>
      {field.description !== undefined && (
        <Text span inherit style={{ whiteSpace: "pre-line" }}>
          {field.description}
        </Text>
      )}
      {rule !== undefined && (
        <Text span inherit c="var(--text-dim)">
          {field.description !== undefined && " · "}
          {rule}
        </Text>
      )}
    </>
  );
}

function ruleOf({ kind }: Field): string | undefined {
  switch (kind.kind) {
    case "number":
      if (kind.min !== undefined && kind.max !== undefined) return words.between(kind.min, kind.max);
      if (kind.min !== undefined) return words.atLeast(kind.min);
      return kind.max === undefined ? undefined : words.atMost(kind.max);
    case "lines":
      return words.lines;
    case "json":
      return words.json;
    default:
      return undefined;
  }
}
