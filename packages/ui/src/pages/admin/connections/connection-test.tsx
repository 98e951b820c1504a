import { testConnection } from "@millrace/api";
import { Alert, Button, Stack, Text, Tooltip } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { CircleCheck, CircleX, PlugZap } from "lucide-react";
import type { ReactNode } from "react";
import { useMay } from "../../../app/session-context.tsx";
import { client } from "../../../server/client.ts";
import { describeError } from "../../../server/describe-error.ts";
import { texts } from "../../../texts/index.ts";
import type { Connection, ReadConnection } from "./connection-draft.model.ts";

const words = texts.admin.connections;

/**
 * Tries a connection, and says in words what came of it: a stored one that nobody touched as it is stored, another as it is filled in. A stored
 * secret is not mixed with other fields: it would be sent to any host that somebody names.
 */
export function ConnectionTest({
  canTest,
  read,
  stored,
}: {
  readonly canTest: boolean;
  readonly read: ReadConnection;
  readonly stored?: { readonly connection: Connection; readonly isUntouched: boolean };
}): ReactNode {
  const may = useMay();
  const test = useMutation({
    mutationFn: async () => {
      if (stored?.isUntouched)
        return await client.call(testConnection, { body: { connectionId: stored.connection.connectionId } });
      const { connectionId: _, ...fields } = read.body;
      return await client.call(testConnection, { body: fields });
    },
  });
  const needsSecret = stored !== undefined && !stored.isUntouched && hasSecret(stored.connection);
  const isBroken = Object.keys(read.faults).length > 0;
  const hint = !canTest ? words.noTest : needsSecret ? words.testUnsaved : words.testHint;
  if (!may("can_create", "Connections")) return null;
  return (
    <Stack gap="xs" align="flex-start" style={{ flex: 1, minWidth: 200 }}>
      <Tooltip label={hint}>
        <Button
          variant="default"
          leftSection={<PlugZap size={15} />}
          onClick={() => test.mutate()}
          loading={test.isPending}
          disabled={!canTest || needsSecret || isBroken}
        >
          {words.test}
        </Button>
      </Tooltip>
      {needsSecret && (
        <Text size="xs" c="var(--text-dim)">
          {words.testUnsaved}
        </Text>
      )}
      {test.error && (
        <Alert color="red" role="alert" title={describeError(test.error).title}>
          {describeError(test.error).detail}
        </Alert>
      )}
      {test.data && <TestResult ok={test.data.ok} message={test.data.message} />}
    </Stack>
  );
}

function hasSecret({ hasPassword, extra }: Connection): boolean {
  return hasPassword || JSON.stringify(extra).includes('"***"');
}

/** What came of a test. */
function TestResult({ ok, message }: { readonly ok: boolean; readonly message: string }): ReactNode {
  return (
    <Alert
      color={ok ? "teal" : "red"}
      role="status"
      icon={ok ? <CircleCheck size={18} /> : <CircleX size={18} />}
      title={ok ? words.testWorks : words.testFails}
      style={{ overflowWrap: "anywhere" }}
    >
      {message}
    </Alert>
  );
}
