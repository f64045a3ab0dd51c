// The pages of a number: seconds that run, what is not needed any more once it is live, and all messages at once.

function tick() {
  for (const one of document.querySelectorAll("[data-countdown]")) {
    if (!one.dataset.until) one.dataset.until = String(Date.now() + Number(one.dataset.countdown) * 1000);
    const left = Math.max(0, Math.round((Number(one.dataset.until) - Date.now()) / 1000));
    one.hidden = left === 0;
    one.querySelector("[data-countdown-left]").textContent = String(left);
  }
  for (const one of document.querySelectorAll("[data-countup]")) {
    if (!one.dataset.since) one.dataset.since = String(Date.now() - Number(one.dataset.countup) * 1000);
    one.textContent = String(Math.round((Date.now() - Number(one.dataset.since)) / 1000));
  }
}

function offerAll() {
  for (const one of document.querySelectorAll("[data-pick-letters]")) one.hidden = false;
}

document.addEventListener("change", (event) => {
  if (!event.target.closest("[data-pick-letters]")) return;
  for (const one of event.target.form.querySelectorAll("[name=letter]")) one.checked = event.target.checked;
});
document.addEventListener("DOMContentLoaded", () => { tick(); offerAll(); });
document.addEventListener("htmx:afterSettle", () => {
  tick();
  offerAll();
  if (!document.querySelector("[data-live]")) return;
  for (const one of document.querySelectorAll("[data-hide-when-live]")) one.hidden = true;
});
setInterval(tick, 1000);
