import { setVariable } from "@millrace/api";
import { Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { client } from "../../../server/client.ts";
import { useAct } from "../../../server/use-act.ts";
import { texts } from "../../../texts/index.ts";
import { isJsonText, type Variable } from "./variable-file.model.ts";

const words = texts.admin.variables;

/** Makes a variable or changes one; a change of one that is not secret can be taken back. It is open as long as it is mounted. */
export function VariableDialog({
  before,
  onClose,
}: {
  /** Absent: a new one. */
  readonly before?: Variable;
  readonly onClose: () => void;
}): ReactNode {
  const [key, setKey] = useState(before?.key ?? "");
  const [value, setValue] = useState(before?.value ?? "");
  const [description, setDescription] = useState(before?.description ?? "");
  const [isSecret, setSecret] = useState(before?.isSecret);
  const act = useAct({
    run: async () => {
      const isLeft = before?.isSecret === true && value === "";
      const body = {
        ...(!isLeft && { value }),
        description: description.trim() === "" ? null : description,
        ...(isSecret !== undefined && { isSecret }),
      };
      await client.call(setVariable, { params: { key }, body });
      onClose();
    },
    done: () => words.saved(key),
    undo: () => (before?.value === undefined || isSecret ? undefined : () => putBack(before)),
    showsErrors: false,
  });
  return (
    <FormDialog title={before ? words.edit(before.key) : words.create} act={act} onClose={onClose} size="lg">
      {!before && (
        <TextInput
          label={words.key}
          required
          maxLength={250}
          data-autofocus
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
      )}
      <ValueField value={value} onChange={setValue} isStored={before?.isSecret === true} />
      <TextInput
        label={words.description}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <Checkbox
        label={words.secret}
        description={words.secretHint}
        checked={isSecret ?? false}
        indeterminate={isSecret === undefined}
        onChange={(event) => setSecret(event.currentTarget.checked)}
      />
    </FormDialog>
  );
}

/** Sets a variable to what it was. */
export async function putBack({ key, value, description, isSecret }: Variable): Promise<void> {
  await client.call(setVariable, {
    params: { key },
    body: { ...(value !== undefined && { value }), description, isSecret },
  });
}

function ValueField({
  value,
  isStored,
  onChange,
}: {
  readonly value: string;
  /** A secret is there that is not shown. */
  readonly isStored: boolean;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const isJson = isJsonText(value);
  return (
    <Stack gap={4}>
      <Textarea
        label={words.value}
        placeholder={isStored ? texts.admin.secretStays : undefined}
        autosize
        minRows={4}
        maxRows={20}
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
      />
      {isJson && (
        <Group gap="xs">
          <Text size="xs" c="var(--text-dim)">
            {words.json}
          </Text>
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => onChange(JSON.stringify(JSON.parse(value), undefined, 2))}
          >
            {words.format}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
