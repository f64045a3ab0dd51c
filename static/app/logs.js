// Message Logs: selection, the drawer, rows that come by themselves, keys. The screen works without all of it.

(() => {
  const results = () => document.getElementById("logs-results");
  const drawer = document.getElementById("drawer");
  const picks = () => [...document.querySelectorAll("[data-pick]")];
  const picked = () => picks().filter((one) => one.checked);
  let keptPicks = new Set();
  let newestSeen = 0;
  let lastPick = null;
  let openedFrom = null;

  // --- selection ---------------------------------------------------------------------------------------------

  function showPicks() {
    const all = picks();
    const count = picked().length;
    for (const one of all) one.closest("tr").classList.toggle("is-picked", one.checked);
    const head = document.querySelector("[data-pick-all]");
    if (head) {
      head.checked = count > 0 && count === all.length;
      head.indeterminate = count > 0 && count < all.length;
    }
    const bar = document.querySelector("[data-bulk]");
    if (bar) {
      bar.classList.add("is-live");
      bar.hidden = count === 0;
      bar.querySelector("[data-picked-count]").textContent = `${count} selected`;
    }
  }

  function pickBetween(from, to, isOn) {
    const all = picks();
    const [a, b] = [all.indexOf(from), all.indexOf(to)].sort((x, y) => x - y);
    if (a >= 0) for (const one of all.slice(a, b + 1)) one.checked = isOn;
  }

  async function copyPicked(kind) {
    const ids = [...new Set(picked().map((one) => one.closest("tr").dataset[kind]).filter(Boolean))];
    const name = kind === "order" ? "order id" : "provider OID";
    if (!ids.length) return toast(`None of the selected requests has an ${name}.`.replace("an provider", "a provider"), "warning");
    try {
      await navigator.clipboard.writeText(ids.join(", "));
      toast(`Copied ${ids.length} ${name}${ids.length === 1 ? "" : "s"}.`, "success");
    } catch {
      toast("The browser did not let us copy. Select the text and copy it by hand.", "warning");
    }
  }

  // --- the drawer --------------------------------------------------------------------------------------------

  function markOpen(row) {
    for (const one of document.querySelectorAll(".log-row.is-open")) one.classList.remove("is-open");
    row?.classList.add("is-open");
  }

  function openDrawer(link) {
    openedFrom = link.id;
    markOpen(link.closest("tr"));
    drawer.querySelector("[data-drawer-page]").href = link.href;
    const wait = document.createElement("div");
    wait.className = "drawer-wait";
    const spinner = document.createElement("span");
    spinner.className = "spinner-border spinner-border-sm";
    wait.append(spinner, " One moment …");
    document.getElementById("log-drawer").replaceChildren(wait);
    drawer.hidden = false;
  }

  function closeDrawer() {
    if (!drawer || drawer.hidden) return;
    drawer.hidden = true;
    document.getElementById("log-drawer").replaceChildren();
    markOpen(null);
    (document.getElementById(openedFrom) || results())?.focus({ preventScroll: true });
  }

  // --- rows that come by themselves --------------------------------------------------------------------------

  // New rows are put in at once while nobody is in the middle of something; else the pill says how many there are.
  function isBusy() {
    const active = document.activeElement;
    return picked().length > 0 || window.scrollY > 240 || (drawer && !drawer.hidden) || document.querySelector("dialog[open]")
      || (active && results()?.contains(active) && active !== results());
  }

  const serials = () => [...document.querySelectorAll("[data-serial]")].map((row) => Number(row.dataset.serial));

  // --- wiring ------------------------------------------------------------------------------------------------

  document.addEventListener("change", (event) => {
    const target = event.target;
    if (target.matches("[data-pick-all]")) for (const one of picks()) one.checked = target.checked;
    if (target.matches("[data-pick], [data-pick-all]")) showPicks();
    if (target.matches("select.status-pill")) target.blur();
  });

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    let found;
    if ((found = at("[data-pick]"))) {
      if (event.shiftKey && lastPick) pickBetween(lastPick, found, found.checked);
      lastPick = found;
      showPicks();
    } else if (at("[data-pick-none]")) {
      for (const one of picks()) one.checked = false;
      showPicks();
      results().focus({ preventScroll: true });
    } else if ((found = at("[data-copy-picked]"))) copyPicked(found.dataset.copyPicked);
    else if (at("[data-close-drawer]")) closeDrawer();
    else if ((found = at(".log-row")) && !at("a, button, input, select, label, form") && !window.getSelection().toString()) {
      found.querySelector("[data-open-log]").click();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]") && !event.target.matches("select")) closeDrawer();
    // Single keys only where the focus stands on a row: j, k and arrows go on, x ticks.
    const row = event.target.closest?.(".log-row");
    if (!row || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select")) return;
    const next = { j: "nextElementSibling", ArrowDown: "nextElementSibling", k: "previousElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (next && row[next]) {
      event.preventDefault();
      row[next].querySelector("[data-open-log]").focus();
    } else if (event.key === "x") {
      const box = row.querySelector("[data-pick]");
      if (box) {
        box.checked = !box.checked;
        showPicks();
      }
    }
  });

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.id !== "log-filters") return;
    for (const [name, value] of Object.entries(event.detail.parameters)) if (value === "") delete event.detail.parameters[name];
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const from = event.target;
    if (from.matches("[data-poll]") && document.hidden) event.preventDefault();
    else if (drawer && from.matches("[data-open-log]")) openDrawer(from);
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "logs-results") return;
    const posted = event.detail.requestConfig?.verb === "post";
    keptPicks = new Set(posted ? [] : picked().map((one) => one.value));
    newestSeen = Math.max(0, ...serials());
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    if (target?.id === "logs-results") {
      for (const one of picks()) one.checked = keptPicks.has(one.value);
      if (event.detail.requestConfig?.elt?.matches?.("[data-show-new]")) {
        for (const row of document.querySelectorAll("[data-serial]")) row.classList.toggle("is-new", Number(row.dataset.serial) > newestSeen);
      }
      const opened = drawer && !drawer.hidden && document.getElementById(openedFrom);
      if (opened) markOpen(opened.closest("tr"));
      const exported = document.querySelector("[data-export]");
      if (exported) {
        const params = new URLSearchParams(window.location.search);
        for (const name of ["before", "after"]) params.delete(name);
        exported.search = params.toString();
      }
      showPicks();
    } else if (target?.id === "log-drawer" && drawer && !drawer.hidden) {
      document.getElementById("log-title")?.focus({ preventScroll: true });
    } else if (target?.id === "logs-new" && !isBusy()) {
      target.querySelector("[data-show-new]")?.click();
    }
  });

  document.addEventListener("htmx:pushedIntoHistory", () => {
    const exported = document.querySelector("[data-export]");
    if (exported) exported.search = window.location.search.replace(/([?&])(before|after)=\d+&?/g, "$1");
  });

  document.addEventListener("DOMContentLoaded", start);
  if (document.readyState !== "loading") start();
  function start() {
    showPicks();
    const more = document.querySelector("[data-more-filters]");
    // On a desk there is room for the filters.
    if (more && window.matchMedia("(min-width: 992px)").matches) {
      more.open = true;
      more.classList.add("is-wide");
    }
  }
})();
