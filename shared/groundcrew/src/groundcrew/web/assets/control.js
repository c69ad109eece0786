// The page is complete without this script, which replaces the sections that change.
"use strict";

const mission = document.getElementById("mission");
const news = document.getElementById("news");
const connection = document.getElementById("connection");
// The server ends each response after a while, and the browser reconnects within a moment.
const RECONNECT_MS = 3000;
let have = mission.dataset.have;
let lostTimer = 0;

connect();

function connect() {
  const source = new EventSource(`/control/events?have=${encodeURIComponent(have)}`);
  source.onopen = () => showConnection("live");
  source.onmessage = (event) => {
    have = event.lastEventId;
    for (const [name, html] of Object.entries(JSON.parse(event.data))) replace(name, html);
  };
  source.onerror = () => {
    lostTimer ||= setTimeout(() => showConnection("lost"), RECONNECT_MS);
    // The browser reconnects by itself, except after a refusal.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, RECONNECT_MS);
  };
}

function showConnection(state) {
  clearTimeout(lostTimer);
  lostTimer = 0;
  connection.dataset.state = state;
  connection.textContent = state === "live" ? "live" : "not connected: this may be out of date";
}

function replace(name, html) {
  const section = mission.querySelector(`[data-part=${name}]`);
  if (!section) return;
  const open = [...section.querySelectorAll("details")].map((details) => details.open);
  const focused = [...section.children].indexOf(document.activeElement);
  const last = newestEntry(section);
  section.innerHTML = html;
  section.querySelectorAll("details").forEach((details, place) => { details.open = open[place] ?? false; });
  if (focused >= 0) section.children[focused]?.focus();
  if (name === "timeline") announce(section, last);
}

function newestEntry(section) {
  return Number(section.querySelector("[data-entry]")?.dataset.entry ?? 0);
}

function announce(section, last) {
  const entries = [...section.querySelectorAll("[data-entry]")];
  const added = entries.filter((entry) => Number(entry.dataset.entry) > last);
  for (const entry of added) entry.classList.add("new");
  if (added.length) news.textContent = added.reverse().map((entry) => entry.querySelector("b").textContent).join(". ");
}
