"use strict";
(() => {
  // Without this script the slides are a page to scroll through, with the notes below each slide.
  const slides = [...document.querySelectorAll(".slide")];
  const moves = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Home: -Infinity, End: Infinity };
  const body = document.body;
  body.classList.add("stepping");
  let current = 0;

  function show(number) {
    current = Math.max(0, Math.min(slides.length - 1, number));
    slides.forEach((slide, place) => slide.classList.toggle("shown", place === current));
    history.replaceState(null, "", `#s${current + 1}`);
    scrollTo(0, 0);
  }

  function fromAddress() {
    show((Number(location.hash.slice(2)) || 1) - 1);
  }

  addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) {
      event.preventDefault();
      show(current + (event.key === " " && event.shiftKey ? -1 : moves[event.key]));
    } else if (event.key.toLowerCase() === "n") {
      body.classList.toggle("noted");
    } else if (event.key.toLowerCase() === "p") {
      print();
    }
  });
  addEventListener("click", event => {
    if (event.target.closest("a, .notes")) return;
    show(current + (event.clientX < innerWidth / 3 ? -1 : 1));
  });
  addEventListener("hashchange", fromAddress);
  fromAddress();
})();
