// What was typed is not lost by a stray click: <form data-guard-unsaved>, with a note [data-unsaved-note] inside.
const guarded = () => [...document.querySelectorAll("form[data-guard-unsaved]")];
const written = (form) => new URLSearchParams(new FormData(form)).toString();
const starts = new WeakMap();
let leaving = false;

function begin(root = document) {
  for (const form of root.querySelectorAll("form[data-guard-unsaved]")) if (!starts.has(form)) starts.set(form, written(form));
}
const isDirty = (form) => starts.has(form) && starts.get(form) !== written(form);
function show(form) {
  const note = form.querySelector("[data-unsaved-note]");
  if (note) note.hidden = !isDirty(form);
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && form.matches("[data-guard-unsaved]")) show(form);
});
document.addEventListener("submit", () => { leaving = true; setTimeout(() => { leaving = false; }, 3000); });
window.addEventListener("beforeunload", (event) => {
  if (!leaving && guarded().some(isDirty)) event.preventDefault();
});
// htmx is about to put another form in the place of one that was changed.
document.addEventListener("htmx:confirm", (event) => {
  const place = event.detail.target;
  if (!event.target.matches("a") || !place) return;
  if (!guarded().some((form) => place.contains(form) && isDirty(form))) return;
  if (!window.confirm("Your changes are not saved. Leave them?")) event.preventDefault();
});
document.addEventListener("htmx:afterSettle", (event) => {
  begin(event.detail.elt.parentElement || document);
  event.detail.elt.querySelector?.(".is-invalid")?.focus();
});
begin();
document.querySelector(".is-invalid")?.focus();
