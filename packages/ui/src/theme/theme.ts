import { createTheme, type MantineColorsTuple } from "@mantine/core";

const water: MantineColorsTuple = [
  "#e8f5fa",
  "#d3e8f1",
  "#a5d0e3",
  "#74b7d5",
  "#4da2c9",
  "#3595c2",
  "#1f7ba6",
  "#156a92",
  "#0f5878",
  "#0a445e",
];

/** Calm and dense: small type, little rounding, one accent. Colours of states are not here but in states.css. */
export const theme = createTheme({
  primaryColor: "water",
  primaryShade: { light: 7, dark: 7 },
  colors: { water },
  defaultRadius: "sm",
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "1.35rem" }, h2: { fontSize: "1.05rem" }, h3: { fontSize: "0.95rem" } },
  },
  spacing: { xs: "0.375rem", sm: "0.5rem", md: "0.75rem", lg: "1rem", xl: "1.5rem" },
  cursorType: "pointer",
  respectReducedMotion: true,
});
