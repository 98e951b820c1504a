// Before the first paint, so that a dark page does not flash light. A file of its own: the Content-Security-Policy allows no inline script.
(() => {
  const chosen = localStorage.getItem("millrace-color-scheme") ?? "auto";
  const isDark = chosen === "dark" || (chosen === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", isDark ? "dark" : "light");
})();
