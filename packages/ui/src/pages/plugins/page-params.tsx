import { Group, NumberInput, Select, SegmentedControl, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useId, type ReactNode } from "react";
import { texts } from "../../texts/index.ts";
import type { ParamField } from "./page-params.model.ts";

/** So many short choices stand side by side. */
const SIDE_BY_SIDE = 6;
const TYPING_MS = 400;

/** What can be set above a page. */
export function PageParams({
  fields,
  onChange,
}: {
  readonly fields: readonly ParamField[];
  readonly onChange: (name: string, value: string) => void;
}): ReactNode {
  if (fields.length === 0) return null;
  return (
    <Group gap="md" align="flex-end" role="group" aria-label={texts.pages.settings}>
      {fields.map((field) => (
        <Field key={field.name} field={field} onChange={(value) => onChange(field.name, value)} />
      ))}
    </Group>
  );
}

function Field({
  field,
  onChange,
}: {
  readonly field: ParamField;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const id = useId();
  const onType = useDebouncedCallback(onChange, TYPING_MS);
  const { label, description } = field;
  switch (field.kind) {
    case "choice":
      return field.choices.length > SIDE_BY_SIDE ? (
        <Select
          label={label}
          description={description}
          data={[...field.choices]}
          value={field.value}
          allowDeselect={false}
          onChange={(value) => onChange(value ?? "")}
        />
      ) : (
        <Stack gap={2}>
          <Text id={id} size="sm" fw={500} component="span" title={description}>
            {label}
          </Text>
          <SegmentedControl
            size="xs"
            aria-labelledby={id}
            data={[...field.choices]}
            value={field.value}
            onChange={onChange}
          />
        </Stack>
      );
    case "number":
      return (
        <NumberInput
          label={label}
          description={description}
          w={140}
          defaultValue={field.value}
          {...(field.min !== undefined && { min: field.min })}
          {...(field.max !== undefined && { max: field.max })}
          onChange={(value) => onType(String(value))}
        />
      );
    case "flag":
      return (
        <Switch
          label={label}
          description={description}
          checked={field.value}
          onChange={({ currentTarget }) => onChange(String(currentTarget.checked))}
        />
      );
    case "text":
      return (
        <TextInput
          label={label}
          description={description}
          defaultValue={field.value}
          onChange={({ currentTarget }) => onType(currentTarget.value)}
        />
      );
    default:
      throw new Error(`unreachable: ${JSON.stringify(field satisfies never)}`);
  }
}
