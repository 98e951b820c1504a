import { Button, SegmentedControl } from "@mantine/core";
import { Plus } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useMay } from "../../app/session-context.tsx";
import { useFilters } from "../../app/url-filters.ts";
import { Page, Panel } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";
import { TokenDialog } from "./tokens/token-dialog.tsx";
import { TokenList } from "./tokens/token-list.tsx";

const words = texts.security.tokens;

/** Tokens for programs: one's own, and with the right to see them those of everybody. */
export function TokensPage(): ReactNode {
  const [filters, setFilters] = useFilters<"of">();
  const [isNew, setNew] = useState(false);
  const may = useMay();
  const maySeeAll = may("can_read", "Tokens");
  const isOfAll = maySeeAll && filters.of === "all";
  return (
    <Page
      title={words.title}
      subtitle={words.explain}
      actions={
        <>
          {maySeeAll && (
            <SegmentedControl
              size="xs"
              aria-label={words.whose}
              value={isOfAll ? "all" : "mine"}
              onChange={(of) => setFilters({ of: of === "all" ? "all" : undefined })}
              data={[
                { value: "mine", label: words.mine },
                { value: "all", label: words.all },
              ]}
            />
          )}
          <Button size="xs" leftSection={<Plus size={14} />} onClick={() => setNew(true)}>
            {words.create}
          </Button>
        </>
      }
    >
      <Panel padded={false}>
        <TokenList isOfAll={isOfAll} />
      </Panel>
      {isNew && <TokenDialog onClose={() => setNew(false)} />}
    </Page>
  );
}
