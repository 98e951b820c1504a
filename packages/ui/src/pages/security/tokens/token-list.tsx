import { listTokens, revokeToken } from "@millrace/api";
import { Code, Text, Tooltip } from "@mantine/core";
import { CircleOff } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useMay, useSession } from "../../../app/session-context.tsx";
import { ActionMenu } from "../../../components/actions/action-menu.tsx";
import { Answer, EmptyState } from "../../../components/answer.tsx";
import { ConfirmDialog } from "../../../components/confirm-dialog.tsx";
import { DataTable, type Column } from "../../../components/table/data-table.tsx";
import { DistanceText } from "../../../components/time-text.tsx";
import { client } from "../../../server/client.ts";
import { useEndlessList } from "../../../server/queries.ts";
import { useAct } from "../../../server/use-act.ts";
import { texts } from "../../../texts/index.ts";
import { useNow } from "../../../time/preferences.tsx";
import { stateOfToken, type Token } from "./token-expiry.model.ts";

const words = texts.security.tokens;

/** Tokens of the person at the screen, or of everybody, which can be revoked. */
export function TokenList({ isOfAll = false }: { readonly isOfAll?: boolean }): ReactNode {
  const { items, query } = useEndlessList(listTokens, { query: { limit: 200, ...(isOfAll && { username: "~" }) } });
  return (
    <Answer
      query={query}
      isEmpty={() => items.length === 0}
      empty={<EmptyState title={words.empty}>{words.emptyHint}</EmptyState>}
    >
      {() => (
        <DataTable
          label={words.title}
          columns={columnsOf(isOfAll)}
          rows={items}
          rowId={({ tokenId }) => String(tokenId)}
          isReadingMore={query.isFetchingNextPage}
          {...(query.hasNextPage && { onEnd: () => void query.fetchNextPage() })}
        />
      )}
    </Answer>
  );
}

function columnsOf(hasUser: boolean): readonly Column<Token>[] {
  const { columns } = words;
  return [
    { key: "name", header: columns.name, cell: ({ name }) => name },
    ...(hasUser ? [{ key: "user", header: columns.user, cell: ({ username }: Token) => username }] : []),
    { key: "token", header: columns.token, isExtra: true, cell: ({ hint }) => <Code>{hint}…</Code> },
    { key: "scope", header: columns.scope, isExtra: true, cell: ({ scopes }) => <ScopeText scopes={scopes} /> },
    {
      key: "created",
      header: columns.created,
      isExtra: true,
      cell: ({ createdAt }) => <DistanceText at={createdAt} />,
    },
    { key: "expires", header: columns.expires, cell: (token) => <EndCell token={token} /> },
    {
      key: "used",
      header: columns.used,
      cell: ({ lastUsedAt }) => (lastUsedAt === undefined ? words.unused : <DistanceText at={lastUsedAt} />),
    },
    { key: "actions", header: "", width: 40, cell: (token) => <RevokeMenu token={token} /> },
  ];
}

function ScopeText({ scopes }: { readonly scopes: readonly string[] | undefined }): ReactNode {
  if (scopes === undefined) return words.everything;
  return (
    <Tooltip label={scopes.join(", ")} multiline maw={420}>
      <span>{words.scopes(scopes.length)}</span>
    </Tooltip>
  );
}

function EndCell({ token }: { readonly token: Token }): ReactNode {
  const state = stateOfToken(token, useNow());
  if (state !== "valid") {
    return (
      <Text span size="sm" c="var(--state-failed)">
        {words[state]}
      </Text>
    );
  }
  return token.expiresAt === undefined ? words.never : <DistanceText at={token.expiresAt} />;
}

function RevokeMenu({ token }: { readonly token: Token }): ReactNode {
  const { tokenId, name, username } = token;
  const may = useMay();
  const session = useSession();
  const state = stateOfToken(token, useNow());
  const [isAsking, setAsking] = useState(false);
  const revoke = useAct({
    run: async () => {
      await client.call(revokeToken, { params: { tokenId } });
      setAsking(false);
    },
    done: () => words.revokedDone(name),
  });
  if (state === "revoked" || (username !== session.username && !may("can_delete", "Tokens"))) return null;
  const entry = {
    key: "revoke",
    label: words.revoke,
    icon: CircleOff,
    isDangerous: true,
    onAct: () => setAsking(true),
  };
  return (
    <>
      <ActionMenu entries={[entry]} look="menu" label={texts.actions.more} />
      <ConfirmDialog
        isOpen={isAsking}
        title={words.revokeTitle(name)}
        verb={words.revoke}
        isDangerous
        isBusy={revoke.isPending}
        onConfirm={() => revoke.mutate(undefined)}
        onClose={() => setAsking(false)}
      >
        <Text size="sm">{words.revokeText}</Text>
      </ConfirmDialog>
    </>
  );
}
