import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** The query of a URL: every filter, sorting and choice of a page, so that a view can be sent to somebody. */
export type UrlFilters = Readonly<Record<string, string | undefined>>;

/** Reads a query string; a name that comes twice counts once. */
export function parseFilters(text: string): Record<string, string | undefined> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** Writes a query string; what is undefined or empty is left out. */
export function writeFilters(filters: Readonly<Record<string, unknown>>): string {
  const kept = Object.entries(filters).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(kept.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}

/** The filters of this page, and a function that changes some of them and keeps the others. Going back undoes a change, unless it replaces. */
export function useFilters<Name extends string>(): readonly [
  Readonly<Partial<Record<Name, string>>>,
  (changes: Readonly<Partial<Record<Name, string | undefined>>>, how?: { readonly replace?: boolean }) => void,
] {
  const filters = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback(
    (changes: UrlFilters, { replace = true } = {}) => {
      void navigate({ to: ".", search: (before: UrlFilters) => ({ ...before, ...changes }), replace });
    },
    [navigate],
  );
  return [filters as Readonly<Partial<Record<Name, string>>>, change];
}

/** A filter with several values, like `failed,running`. */
export function splitFilter(value: string | undefined): readonly string[] {
  return value === undefined || value === "" ? [] : value.split(",");
}

/** The opposite of {@link splitFilter}. */
export function joinFilter(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(",");
}
