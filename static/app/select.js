// Selecting rows of a list: all at once, how many, and what may be done with them. A row is a [data-row].

const boxes = () => [...document.querySelectorAll("[data-select]")];

function count() {
  const act = document.querySelector("[data-bulk-act]");
  if (!act) return;
  const chosen = boxes().filter((box) => box.checked).length;
  const all = document.querySelector("[data-select-all]");
  act.hidden = chosen === 0;
  all.checked = chosen > 0 && chosen === boxes().length;
  all.indeterminate = chosen > 0 && !all.checked;
  document.querySelector("[data-selected]").textContent = chosen ? `${chosen} selected` : "Select all";
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-select], [data-select-all]")) count();
});
// A row that was swapped keeps its tick.
let ticked = new Set();
document.addEventListener("htmx:beforeSwap", () => {
  ticked = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
});
document.addEventListener("htmx:afterSwap", (event) => {
  const row = event.detail.elt?.closest?.("[data-row]");
  const box = row?.querySelector("[data-select]");
  if (box && ticked.has(box.value)) box.checked = true;
  count();
});
document.addEventListener("DOMContentLoaded", count);
