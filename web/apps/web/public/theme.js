// Before the first paint: the chosen theme, else the system's. A file of its own, because the page's
// security policy allows no inline script. The key is COLOR_SCHEME_KEY of @tenon/ui.
(() => {
  let scheme = null;
  try {
    scheme = window.localStorage.getItem("tenon-color-scheme");
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  if (scheme !== "light" && scheme !== "dark") {
    scheme = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
  document.documentElement.style.backgroundColor = scheme === "dark" ? "#111213" : "#f6f5f2";
})();
