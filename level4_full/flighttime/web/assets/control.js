// The page is whole without this. It only puts in place what is new, and says so.
"use strict";

const mission = document.getElementById("mission");
const news = document.getElementById("news");
const connection = document.getElementById("connection");
// The server ends its answer now and then, and the browser asks again within a moment.
const PATIENCE = 3000;
let have = mission.dataset.have;
let losing = 0;

follow();

function follow() {
  const source = new EventSource(`/control/events?have=${encodeURIComponent(have)}`);
  source.onopen = () => tell("live");
  source.onmessage = (event) => {
    have = event.lastEventId;
    for (const [name, content] of Object.entries(JSON.parse(event.data))) put(name, content);
  };
  source.onerror = () => {
    losing ||= setTimeout(() => tell("lost"), PATIENCE);
    // A refusal ends it for good; else it asks again by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, PATIENCE);
  };
}

function tell(state) {
  clearTimeout(losing);
  losing = 0;
  connection.dataset.state = state;
  connection.textContent = state === "live" ? "live" : "not connected: this may be old";
}

function put(name, content) {
  const part = mission.querySelector(`[data-part=${name}]`);
  if (!part) return;
  const open = [...part.querySelectorAll("details")].map((one) => one.open);
  const at = [...part.children].indexOf(document.activeElement);
  const last = newest(part);
  part.innerHTML = content;
  part.querySelectorAll("details").forEach((one, number) => { one.open = open[number] ?? false; });
  if (at >= 0) part.children[at]?.focus();
  if (name === "timeline") announce(part, last);
}

function newest(part) {
  return Number(part.querySelector("[data-entry]")?.dataset.entry ?? 0);
}

function announce(part, last) {
  const fresh = [...part.querySelectorAll("[data-entry]")].filter((one) => Number(one.dataset.entry) > last);
  for (const one of fresh) one.classList.add("new");
  if (fresh.length) news.textContent = fresh.reverse().map((one) => one.querySelector("b").textContent).join(". ");
}
