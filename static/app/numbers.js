// The page with the QR code: seconds that run down, and what is not needed any more once the number is live.

function tick() {
  for (const one of document.querySelectorAll("[data-countdown]")) {
    if (!one.dataset.until) one.dataset.until = String(Date.now() + Number(one.dataset.countdown) * 1000);
    const left = Math.max(0, Math.round((Number(one.dataset.until) - Date.now()) / 1000));
    one.hidden = left === 0;
    one.querySelector("[data-countdown-left]").textContent = String(left);
  }
}

document.addEventListener("DOMContentLoaded", tick);
document.addEventListener("htmx:afterSettle", () => {
  tick();
  if (!document.querySelector("[data-live]")) return;
  for (const one of document.querySelectorAll("[data-hide-when-live]")) one.hidden = true;
});
setInterval(tick, 1000);
