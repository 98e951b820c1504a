import { useLocalStorage } from "@mantine/hooks";

/** DAGs that the person likes to have at hand; this browser remembers them. */
export interface Favourites {
  readonly ids: readonly string[];
  readonly has: (dagId: string) => boolean;
  readonly toggle: (dagId: string) => void;
}

/** The favourites of this browser. */
export function useFavourites(): Favourites {
  const [ids, setIds] = useLocalStorage<readonly string[]>({
    key: "millrace-favourites",
    defaultValue: [],
    getInitialValueInEffect: false,
  });
  return {
    ids,
    has: (dagId) => ids.includes(dagId),
    toggle: (dagId) => setIds(ids.includes(dagId) ? ids.filter((id) => id !== dagId) : [...ids, dagId].sort()),
  };
}
