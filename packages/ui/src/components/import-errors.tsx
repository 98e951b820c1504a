import { listImportErrors, type AnswerOf } from "@millrace/api";
import { Alert, Button, Code, Collapse, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { ChevronDown, ChevronRight, FileWarning } from "lucide-react";
import type { ReactNode } from "react";
import { useMay } from "../app/session-context.tsx";
import { useCall } from "../server/queries.ts";
import { texts } from "../texts/index.ts";
import { DistanceText } from "./time-text.tsx";

type ImportError = AnswerOf<typeof listImportErrors>["items"][number];

/** Says which DAG files cannot be loaded, and why; nothing while all can. */
export function ImportErrors(): ReactNode {
  const may = useMay();
  const errors = useCall(
    listImportErrors,
    {},
    { live: { about: "importErrors" }, enabled: may("can_read", "ImportError") },
  );
  const [isOpen, { toggle }] = useDisclosure(false);
  const items = errors.data?.items ?? [];
  if (items.length === 0) return null;
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <Alert color="red" variant="light" icon={<FileWarning size={18} />} py="sm">
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>
          {texts.dags.importErrors(items.length)}
        </Text>
        <Button
          size="compact-sm"
          variant="default"
          onClick={toggle}
          aria-expanded={isOpen}
          leftSection={<Chevron size={14} aria-hidden />}
        >
          {isOpen ? texts.dags.hideErrors : texts.dags.showErrors}
        </Button>
      </Group>
      <Collapse expanded={isOpen}>
        <Stack gap="sm" mt="sm">
          {items.map((error) => (
            <FileError key={error.file} error={error} />
          ))}
        </Stack>
      </Collapse>
    </Alert>
  );
}

function FileError({ error }: { readonly error: ImportError }): ReactNode {
  const { file, line, column, message, stack, at } = error;
  const [isOpen, { toggle }] = useDisclosure(false);
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  return (
    <Stack gap={4} component="section" aria-label={file}>
      <Group gap="xs">
        <Text size="sm" ff="monospace" fw={600} style={{ overflowWrap: "anywhere" }}>
          {place}
        </Text>
        <Text size="xs" c="var(--text-dim)">
          <DistanceText at={at} />
        </Text>
      </Group>
      <Text size="sm" style={{ whiteSpace: "pre-line", overflowWrap: "anywhere" }}>
        {message}
      </Text>
      {stack !== undefined && stack !== message && (
        <>
          <Button size="compact-xs" variant="subtle" onClick={toggle} aria-expanded={isOpen} w="fit-content">
            {isOpen ? texts.dags.hideStack : texts.dags.showStack}
          </Button>
          {isOpen && (
            <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
              {stack}
            </Code>
          )}
        </>
      )}
    </Stack>
  );
}
