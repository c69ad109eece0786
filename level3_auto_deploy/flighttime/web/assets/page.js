// The page works without this. It only narrows the choices to what is flown.
"use strict";

const form = document.querySelector("form");
const problem = document.getElementById("problem");

if (problem) problem.focus();
if (form) begin(form, JSON.parse(document.getElementById("served").textContent));

function begin(form, served) {
  const { origin, dest, carrier } = form.elements;
  const every = new Map([dest, carrier].map((select) => [select, [...select.options]]));
  const told = document.getElementById("narrowed");

  // What was asked stays to be seen, even where it is not flown; a choice that was left is replaced.
  narrow(dest, Object.keys(served[origin.value] ?? {}), true);
  narrow(carrier, served[origin.value]?.[dest.value] ?? [], true);

  origin.addEventListener("change", () => {
    narrow(dest, Object.keys(served[origin.value] ?? {}), false);
    narrow(carrier, served[origin.value]?.[dest.value] ?? [], false);
    tell(dest, "dest", origin.value);
  });
  dest.addEventListener("change", () => {
    narrow(carrier, served[origin.value]?.[dest.value] ?? [], false);
    tell(carrier, "carrier", dest.value);
  });

  function narrow(select, codes, keep) {
    if (!codes.length) return;
    const before = select.value;
    const fits = (code) => codes.includes(code) || (keep && code === before);
    const shown = every.get(select).filter((option) => fits(option.value));
    select.replaceChildren(...shown);
    select.value = keep || codes.includes(before) ? before : codes[0];
  }

  function tell(select, kind, place) {
    const many = select.options.length === 1 ? kind : `${kind}s`;
    told.textContent = `${select.options.length} ${told.dataset[many]} ${place}`;
  }
}
