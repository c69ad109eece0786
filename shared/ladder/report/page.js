"use strict";
(() => {
  const { names, threshold, weeks } = JSON.parse(document.getElementById("weeks").textContent);
  const stage = document.querySelector(".stage");
  const cursor = stage.querySelector(".cursor");
  const readout = stage.querySelector(".readout");
  const charts = [...stage.querySelectorAll(".chart")];
  if (!charts.length) return;

  const visible = () => charts.find(chart => chart.getClientRects().length);
  const numbers = text => text.split(" ").map(Number);
  const minutes = value => value.toFixed(2);
  let current = null;

  function make(tag, className, text) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    node.textContent = text;
    return node;
  }

  function ranked(week) {
    return Object.entries(week.mae).sort((a, b) => b[1] - a[1]);
  }

  function spoken(week) {
    const values = ranked(week).map(([slug, mae]) => `${names[slug]} ${minutes(mae)} minutes`);
    return [week.label, ...values, ...week.events].join("; ");
  }

  function fill(week) {
    const head = make("h4", "", week.label + " ");
    if (week.flights !== null) head.append(make("small", "", `${week.flights.toLocaleString("en")} flights`));
    const rows = ranked(week).map(([slug, mae]) => {
      const row = make("p", "", "");
      const title = make("span", "", names[slug]);
      title.prepend(make("i", "s-" + slug, ""));
      row.append(title, make("b", "", minutes(mae)));
      return row;
    });
    const limit = threshold === null ? [] : [make("small", "", `threshold ${threshold.toFixed(1)}`)];
    readout.replaceChildren(head, ...rows, ...limit, ...week.events.map(text => make("p", "event", text)));
  }

  function show(index) {
    current = Math.max(0, Math.min(weeks.length - 1, index));
    const week = weeks[current];
    const chart = visible();
    const scale = chart.clientWidth / chart.viewBox.baseVal.width;
    const x = numbers(chart.dataset.x)[current] * scale;
    const [top, floor, largest] = numbers(chart.dataset.y);
    Object.assign(cursor.style, { left: `${x}px`, top: `${top * scale}px`, height: `${(floor - top) * scale}px` });
    cursor.replaceChildren(...Object.entries(week.mae).map(([slug, mae]) => {
      const dot = make("i", "s-" + slug, "");
      dot.style.top = `${(1 - mae / largest) * 100}%`;
      return dot;
    }));
    cursor.setAttribute("aria-valuenow", current);
    cursor.setAttribute("aria-valuetext", spoken(week));
    fill(week);
    cursor.classList.add("on");
    readout.hidden = false;
    const right = x > stage.clientWidth / 2;
    Object.assign(readout.style, { left: right ? "auto" : `${x + 16}px`, right: right ? `${stage.clientWidth - x + 16}px` : "auto", top: `${top * scale}px` });
  }

  function hide() {
    cursor.classList.remove("on");
    readout.hidden = true;
  }

  function nearest(clientX) {
    const chart = visible();
    const x = (clientX - chart.getBoundingClientRect().left) / chart.clientWidth * chart.viewBox.baseVal.width;
    const xs = numbers(chart.dataset.x);
    return xs.reduce((best, value, index) => Math.abs(value - x) < Math.abs(xs[best] - x) ? index : best, 0);
  }

  const moves = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -4, PageUp: 4, Home: -Infinity, End: Infinity };
  cursor.hidden = document.querySelector(".live").hidden = false;
  cursor.setAttribute("aria-valuemax", weeks.length - 1);
  cursor.addEventListener("focus", () => show(current ?? 0));
  cursor.addEventListener("blur", hide);
  cursor.addEventListener("keydown", event => {
    if (event.key === "Escape") return hide();
    if (!(event.key in moves)) return;
    event.preventDefault();
    show(current + moves[event.key]);
  });
  stage.addEventListener("pointermove", event => show(nearest(event.clientX)));
  stage.addEventListener("pointerdown", event => show(nearest(event.clientX)));
  stage.addEventListener("pointerleave", event => event.pointerType === "mouse" && document.activeElement !== cursor && hide());
  addEventListener("resize", () => readout.hidden || show(current));

  function pick(slug) {
    stage.dataset.pick = slug;
    for (const line of stage.querySelectorAll(".series")) line.classList.toggle("picked", line.dataset.series === slug);
    for (const button of document.querySelectorAll("[data-pick][aria-pressed]")) button.setAttribute("aria-pressed", button.dataset.pick === slug);
  }

  for (const button of document.querySelectorAll(".legend button")) {
    button.addEventListener("click", () => pick(stage.dataset.pick === button.dataset.pick ? "" : button.dataset.pick));
  }
  const named = [...stage.querySelectorAll(".series")].filter(part => part.querySelector("text"));
  for (const place of [...named, ...document.querySelectorAll(".measures tr[data-series]")]) {
    place.addEventListener("pointerenter", () => pick(place.dataset.series));
    place.addEventListener("pointerleave", () => pick(""));
  }
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(part => { part.open = true; }));
})();
