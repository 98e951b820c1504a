import { useLocalStorage } from "@mantine/hooks";
import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import { isZone, LOCAL_ZONE } from "./format-time.model.ts";

/** In which zone times are shown. */
export interface ZonePreference {
  readonly zone: string;
  readonly setZone: (zone: string) => void;
}

const Zone = createContext<ZonePreference>({ zone: LOCAL_ZONE, setZone: () => undefined });
const Now = createContext(Date.now());

/** The zone that the person picked, kept by the browser; its own by default. */
export function useZone(): ZonePreference {
  return useContext(Zone);
}

/** This machine's clock in milliseconds, to the second: whatever shows a distance from now shares one timer. */
export function useNow(): number {
  return useContext(Now);
}

/** Provides {@link useZone} and {@link useNow}. */
export function TimeProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [kept, setZone] = useLocalStorage({
    key: "millrace-zone",
    defaultValue: LOCAL_ZONE,
    getInitialValueInEffect: false,
  });
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setNow(Date.now());
    }, 1_000);
    return () => clearInterval(timer);
  }, []);
  const zone = isZone(kept) ? kept : LOCAL_ZONE;
  return (
    <Zone value={{ zone, setZone }}>
      <Now value={now}>{children}</Now>
    </Zone>
  );
}
