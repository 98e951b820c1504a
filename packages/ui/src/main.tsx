import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import "@mantine/core/styles.css";
import { Notifications } from "@mantine/notifications";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import { isMillraceError } from "@millrace/api";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { makeRouter } from "./app/router.tsx";
import { SessionGate } from "./app/session-gate.tsx";
import { LiveProvider } from "./live/live-provider.tsx";
import "./theme/states.css";
import { theme } from "./theme/theme.ts";
import { TimeProvider } from "./time/preferences.tsx";

// A tab that is older than the server asks for parts that are gone: the page of the new version knows the new ones.
addEventListener("vite:preloadError", () => location.reload());

const STALE_MS = 30_000;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: STALE_MS,
      // What the server refuses it refuses again; a server that is away comes back.
      retry: (count, error) => count < 2 && (!isMillraceError(error) || error.code === "NO_SERVER"),
      refetchOnWindowFocus: false,
    },
  },
});
const router = makeRouter();
// The page's code is on its way while the server says who is here.
void router.load();
const colors = localStorageColorSchemeManager({ key: "millrace-color-scheme" });
const place = document.getElementById("root");
if (!place) throw new Error("index.html has no #root");

createRoot(place).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={colors}>
      <QueryClientProvider client={queries}>
        <TimeProvider>
          <Notifications position="bottom-right" />
          <SessionGate>
            <LiveProvider>
              <RouterProvider router={router} />
            </LiveProvider>
          </SessionGate>
        </TimeProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
