// Show a password; count down until another code may be sent; send a form once.

for (const button of document.querySelectorAll("[data-show-password]")) {
  const input = document.getElementById(button.dataset.showPassword);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.textContent = shown ? "Show" : "Hide";
    button.setAttribute("aria-pressed", String(!shown));
    input.focus();
  });
}

for (const button of document.querySelectorAll("[data-wait]")) {
  const words = button.textContent;
  const until = Date.now() + Number(button.dataset.wait) * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? `${words} in ${left} s` : words;
    if (left > 0) setTimeout(tick, 250);
  };
  tick();
}

// A form is sent once, however often its button is pressed; back from the next page it is as before.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-once]")) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
  event.target.querySelector(".btn-primary")?.classList.add("btn-loading");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-once]")) {
    delete form.dataset.sent;
    form.querySelector(".btn-primary")?.classList.remove("btn-loading");
  }
});
(document.querySelector(".sign-in .is-invalid") ?? document.querySelector(".sign-in form[data-once] .form-control"))?.focus();
