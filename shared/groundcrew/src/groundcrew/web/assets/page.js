// The page works without this. It only narrows the choices to the served routes.
"use strict";

const form = document.querySelector("form");
const problem = document.getElementById("problem");

if (problem) problem.focus();
if (form) begin(form, JSON.parse(document.getElementById("served").textContent));

function begin(form, served) {
  const { origin, dest, carrier } = form.elements;
  const all = new Map([dest, carrier].map((select) => [select, [...select.options]]));
  const status = document.getElementById("narrowed");

  // Keep the submitted values visible, even if the route is not served; replace a value only after a change.
  narrow(dest, Object.keys(served[origin.value] ?? {}), true);
  narrow(carrier, served[origin.value]?.[dest.value] ?? [], true);

  origin.addEventListener("change", () => {
    narrow(dest, Object.keys(served[origin.value] ?? {}), false);
    narrow(carrier, served[origin.value]?.[dest.value] ?? [], false);
    announce(dest, "dest", origin.value);
  });
  dest.addEventListener("change", () => {
    narrow(carrier, served[origin.value]?.[dest.value] ?? [], false);
    announce(carrier, "carrier", dest.value);
  });

  function narrow(select, codes, keep) {
    if (!codes.length) return;
    const before = select.value;
    const fits = (code) => codes.includes(code) || (keep && code === before);
    const shown = all.get(select).filter((option) => fits(option.value));
    select.replaceChildren(...shown);
    select.value = keep || codes.includes(before) ? before : codes[0];
  }

  function announce(select, kind, place) {
    const many = select.options.length === 1 ? kind : `${kind}s`;
    status.textContent = `${select.options.length} ${status.dataset[many]} ${place}`;
  }
}
