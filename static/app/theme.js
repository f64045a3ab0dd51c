// Before the first paint: the theme the person chose, else the system's.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let chosen = null;
    try { chosen = localStorage.getItem("theme"); } catch { /* private mode keeps nothing */ }
    // The platform admin keeps its own word ("auto") under the same name.
    const isOurs = chosen === "light" || chosen === "dark";
    document.documentElement.dataset.bsTheme = isOurs ? chosen : (system.matches ? "dark" : "light");
  };
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
    try { localStorage.setItem("theme", next); } catch { /* for this page only */ }
    document.documentElement.dataset.bsTheme = next;
  });
})();
