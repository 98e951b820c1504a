import { isMillraceError, type V1Operations } from "@millrace/api";
import { Stack, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useFilters } from "../../app/url-filters.ts";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { useV1 } from "../../server/v1-queries.ts";
import { texts } from "../../texts/index.ts";
import { hasText } from "./has-text.model.ts";
import { ListSearch } from "./list-search.tsx";

const words = texts.admin.configuration;
type Section = V1Operations["get_config"]["answer"]["sections"][number];

/** What the server goes by, where whoever operates it shows it. */
export function ConfigurationPage(): ReactNode {
  const [filters, setFilters] = useFilters<"search">();
  const { search = "" } = filters;
  const config = useV1("get_config", {});
  const isHidden = isMillraceError(config.error) && config.error.code === "NOT_ALLOWED";
  return (
    <Page title={words.title} subtitle={words.explain}>
      {isHidden ? (
        <EmptyState title={words.hidden}>{words.hiddenHint}</EmptyState>
      ) : (
        <>
          <ListSearch label={words.search} value={search} onChange={(text) => setFilters({ search: text })} />
          <Answer
            query={config}
            isEmpty={({ sections }) => narrowed(sections, search).length === 0}
            empty={<EmptyState title={words.none} />}
          >
            {({ sections }) => (
              <Stack>
                {narrowed(sections, search).map((section) => (
                  <SectionPanel key={section.name} section={section} />
                ))}
              </Stack>
            )}
          </Answer>
        </>
      )}
    </Page>
  );
}

function narrowed(sections: readonly Section[], search: string): readonly Section[] {
  return sections
    .map(({ name, options }) => ({
      name,
      options: options.filter(({ key, value }) => hasText([`${name}.${key}`, value], search)),
    }))
    .filter(({ options }) => options.length > 0);
}

function SectionPanel({ section: { name, options } }: { readonly section: Section }): ReactNode {
  return (
    <Panel title={name} padded={false}>
      <Table layout="fixed" horizontalSpacing="md" aria-label={name}>
        <Table.Tbody>
          {options.map(({ key, value }) => (
            <Table.Tr key={key}>
              <Table.Th scope="row" w="36%" fw={500} style={{ overflowWrap: "anywhere", verticalAlign: "top" }}>
                {key}
              </Table.Th>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                {value === "" ? (
                  <Text span size="sm" c="var(--text-dim)">
                    {words.empty}
                  </Text>
                ) : (
                  <Text span size="sm" ff="monospace">
                    {value}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}
