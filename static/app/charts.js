// The chart of a day by hour. Its figures stand in a block of JSON beside it; the same stand in a table for readers.

const drawn = new Map();

function colours(element) {
  const styles = getComputedStyle(element);
  const of = (name) => styles.getPropertyValue(name).trim();
  return { messages: of("--chart-messages"), actions: of("--chart-actions"), yesterday: of("--chart-yesterday"), line: of("--chart-line"), text: of("--chart-text") };
}

function draw(box) {
  const data = JSON.parse(document.getElementById(box.dataset.hoursChart).textContent);
  const colour = colours(box);
  const until = (values) => values.map((value, hour) => (hour > data.hour ? null : value));
  const whole = (u, splits) => splits.map((value) => (Number.isInteger(value) ? value : null));
  const axis = { stroke: colour.text, font: "12px Inter, sans-serif", grid: { stroke: colour.line, width: 1 }, ticks: { show: false } };
  const bars = (align) => uPlot.paths.bars({ size: [0.36, 18], align, radius: 0.2 });
  const top = Math.max(4, ...data.messages, ...data.actions, ...data.yesterday);
  const plot = new uPlot({
    width: box.clientWidth, height: 230, legend: { show: false }, cursor: { y: false, points: { show: false } },
    padding: [8, 8, 0, 0],
    scales: { x: { time: false, range: [-0.7, 23.7] }, y: { range: [0, top * 1.08] } },
    axes: [
      { ...axis, grid: { show: false }, splits: (u) => (u.width < 480 ? [0, 6, 12, 18] : [0, 3, 6, 9, 12, 15, 18, 21]), values: (u, splits) => splits.map((hour) => `${String(hour).padStart(2, "0")}:00`) },
      { ...axis, values: whole, size: 36 },
    ],
    series: [
      {},
      { stroke: colour.yesterday, width: 1.5, dash: [4, 4], points: { show: false } },
      { fill: colour.messages, stroke: colour.messages, width: 0, paths: bars(-1), points: { show: false } },
      { fill: colour.actions, stroke: colour.actions, width: 0, paths: bars(1), points: { show: false } },
    ],
    hooks: { setCursor: [(u) => tell(u, box, data)] },
  }, [data.messages.map((_, hour) => hour), data.yesterday, until(data.messages), until(data.actions)], box);
  drawn.set(box, plot);
}

function tell(plot, box, data) {
  let tip = box.querySelector(".chart-tip");
  const hour = plot.cursor.idx;
  if (hour == null || plot.cursor.left < 0) { tip?.remove(); return; }
  if (!tip) {
    tip = document.createElement("div");
    tip.className = "chart-tip";
    box.append(tip);
  }
  const today = hour > data.hour ? "" : `${data.messages[hour]} messages, ${data.actions[hour]} actions; `;
  tip.textContent = `${String(hour).padStart(2, "0")}:00  ${today}${data.yesterday[hour]} messages yesterday`;
}

function drawAll() {
  for (const [box, plot] of drawn) {
    if (!box.isConnected) { plot.destroy(); drawn.delete(box); }
  }
  for (const box of document.querySelectorAll("[data-hours-chart]")) {
    if (!drawn.has(box)) draw(box);
  }
}

function redraw() {
  for (const [box, plot] of drawn) { plot.destroy(); drawn.delete(box); if (box.isConnected) draw(box); }
}

drawAll();
document.addEventListener("htmx:afterSettle", drawAll);
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
let waiting;
addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(() => {
  for (const [box, plot] of drawn) plot.setSize({ width: box.clientWidth, height: 230 });
}, 100); });
