import { Fieldset, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import type { Draft } from "./field-values.model.ts";
import { FieldInput } from "./field-input.tsx";
import { bySection, type Field } from "./param-fields.model.ts";

/** All fields of a schema under their headings. */
export function SchemaFields({
  fields,
  drafts,
  faults,
  onChange,
  placeholders = {},
}: {
  readonly fields: readonly Field[];
  readonly drafts: Readonly<Record<string, Draft>>;
  readonly faults: Readonly<Record<string, string>>;
  readonly onChange: (name: string, draft: Draft) => void;
  /** What stands in empty fields, by name. */
  readonly placeholders?: Readonly<Record<string, string>>;
}): ReactNode {
  return (
    <Stack gap="md">
      {bySection(fields).map(([section, own]) => {
        const inputs = own.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            draft={drafts[field.name] ?? ""}
            error={faults[field.name]}
            placeholder={placeholders[field.name]}
            onChange={(draft) => onChange(field.name, draft)}
          />
        ));
        if (section === undefined) return inputs;
        return (
          <Fieldset key={section} legend={section}>
            <Stack gap="md">{inputs}</Stack>
          </Fieldset>
        );
      })}
    </Stack>
  );
}
