// Beside a choice of how a request is carried out: what this choice means.
document.addEventListener("change", (event) => {
  const hint = document.querySelector(`[data-words-of="${event.target.id}"]`);
  const mode = hint && document.querySelector(`[data-mode="${event.target.value}"]`);
  if (mode) hint.textContent = mode.dataset.modeWords;
});
