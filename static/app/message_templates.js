// The editor: variables at the cursor, the count, the open line of the list.
const text = () => document.querySelector("[data-template-text]");

function put(into, words, from, to) {
  into.setRangeText(words, from, to, "end");
  into.dispatchEvent(new Event("input", { bubbles: true }));
  into.focus();
}

document.addEventListener("click", (event) => {
  const variable = event.target.closest("[data-insert]");
  const fill = event.target.closest("[data-fill]");
  const into = text();
  if (variable && into) put(into, variable.dataset.insert, into.selectionStart, into.selectionEnd);
  else if (fill && into) put(into, document.querySelector(fill.dataset.fill).content.textContent, 0, into.value.length);
});

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-template-text]")) return;
  const count = document.querySelector("[data-template-count]");
  if (count) count.textContent = [...event.target.value].length;
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "editor" && event.target.id !== "editor") return;
  const here = window.location.pathname;
  document.querySelector(".templates")?.classList.add("has-editor");
  for (const line of document.querySelectorAll(".template-line")) {
    if (line.getAttribute("href") === here) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }
  if (!document.querySelector("#editor .is-invalid")) document.querySelector("[data-editor-title]")?.focus({ preventScroll: true });
});

// The open text is in sight in its list.
const list = document.getElementById("template-list");
const open = list?.querySelector("[aria-current]");
if (open) list.scrollTop = open.offsetTop - list.clientHeight / 3;
