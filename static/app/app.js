// Small behaviours of all screens, by data attributes. No screen needs them to work.

const toasts = () => document.getElementById("toasts");

function toast(text, kind = "danger") {
  const box = document.createElement("div");
  box.className = `alert alert-${kind} alert-dismissible shadow`;
  box.dataset.toast = "";
  box.append(Object.assign(document.createElement("div"), { textContent: text }));
  const close = Object.assign(document.createElement("button"), { type: "button", className: "btn-close" });
  close.dataset.dismissToast = "";
  close.setAttribute("aria-label", "Close");
  box.append(close);
  toasts()?.append(box);
}

async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  const label = button.querySelector("[data-copy-label]");
  try {
    await navigator.clipboard.writeText("value" in source ? source.value : source.innerText);
    if (label) {
      const before = label.textContent;
      label.textContent = "Copied";
      setTimeout(() => { label.textContent = before; }, 1500);
    }
  } catch {
    toast("The browser did not let us copy. Select the text and copy it by hand.", "warning");
  }
}

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  let found;
  if ((found = at("[data-dismiss-toast]"))) found.closest("[data-toast]").remove();
  else if ((found = at("[data-copy]"))) copy(found);
  else if ((found = at("[data-open-dialog]"))) document.querySelector(found.dataset.openDialog)?.showModal();
  else if ((found = at("[data-close-dialog]"))) found.closest("dialog").close();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// A form that asks first: <form data-confirm="Delete …?">
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
}, true);

// Good news goes by itself; bad news stays until it is closed.
new MutationObserver(() => fade()).observe(document.documentElement, { childList: true, subtree: true });
function fade() {
  for (const one of document.querySelectorAll("[data-toast]:not([data-fading])")) {
    one.dataset.fading = "";
    if (!one.classList.contains("alert-danger")) setTimeout(() => one.remove(), 6000);
  }
}
fade();

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  const said = {
    403: "You may not do this.",
    404: "It is not there any more. Reload the page.",
    429: "That was a little fast. Wait a moment and try again.",
  };
  toast(said[status] || "That did not work on our side. Please try again.");
});
document.addEventListener("htmx:sendError", () => toast("No connection. Check your network and try again."));
document.addEventListener("htmx:timeout", () => toast("That took too long. Please try again."));
