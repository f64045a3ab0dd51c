// The Sandbox page: Enter sends, examples send themselves, quoting, and the chat stays at its end.

const talk = document.querySelector("[data-talk]");
const composer = document.querySelector("[data-composer]");
const input = composer.elements.text;
const quoting = composer.querySelector("[data-quoting]");

function toEnd() {
  talk.scrollTop = talk.scrollHeight;
}

function quote(button) {
  composer.elements.quoted.value = button?.dataset.quote ?? "";
  quoting.hidden = !button;
  quoting.querySelector("[data-quoting-name]").textContent = button?.dataset.quoteName ?? "";
  quoting.querySelector("[data-quoting-text]").textContent = button?.dataset.quoteText ?? "";
}

input.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (input.value.trim()) composer.requestSubmit();
});

document.addEventListener("click", (event) => {
  const example = event.target.closest("[data-say]");
  const quoted = event.target.closest("[data-quote]");
  const traced = event.target.closest("[data-trace]");
  if (example) {
    event.preventDefault();
    input.value = example.dataset.say;
    composer.requestSubmit();
  } else if (quoted) {
    quote(quoted);
    input.focus();
  } else if (event.target.closest("[data-quote-off]")) {
    quote(null);
    input.focus();
  } else if (traced) {
    for (const one of talk.querySelectorAll(".sbx-bubble")) {
      one.classList.toggle("is-chosen", one.querySelector("[data-trace]")?.dataset.trace === traced.dataset.trace);
    }
  }
});

// The field is free for the next message at once; what was not taken comes back.
let sent = "";
composer.addEventListener("htmx:beforeSend", (event) => {
  if (event.target !== composer) return;
  sent = input.value;
  input.value = "";
  quote(null);
});
composer.addEventListener("htmx:afterRequest", (event) => {
  if (event.target !== composer) return;
  if (!event.detail.successful && !input.value) input.value = sent;
  input.focus();
});

// Whoever scrolled up to read stays there while more comes in.
let wasAtEnd = true;
talk.addEventListener("htmx:beforeSwap", () => {
  wasAtEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80;
});
talk.addEventListener("htmx:afterSwap", (event) => {
  if (wasAtEnd || event.detail.requestConfig?.verb === "post") toEnd();
});
toEnd();

// The username to play as belongs to the own panel alone.
const playAs = document.querySelector("[data-play-as]");
function showPlayAs() {
  const own = document.querySelector("[data-own-panel]");
  if (playAs) playAs.hidden = !own?.checked;
}
document.addEventListener("change", showPlayAs);
showPlayAs();
