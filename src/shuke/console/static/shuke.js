// Small comforts. Every page does all it does without them.
"use strict";

// "/" goes to the search box, as people know it from elsewhere.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = document.querySelector(".top input[type=search]");
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  }
});

// On a telephone the list of pages is wider than the screen: where one is stands in sight.
const here = document.querySelector(".places [aria-current]");
if (here) {
  const places = here.closest(".places");
  places.scrollLeft = here.offsetLeft - (places.clientWidth - here.offsetWidth) / 2;
}

// A choice that changes the page takes effect without a further click.
for (const choice of document.querySelectorAll("[data-at-once]")) {
  const look = choice.form.querySelector("[formnovalidate]"); // a look needs no answers yet
  choice.addEventListener("change", () => choice.form.requestSubmit(look));
}

// Files may be dropped where they may be chosen.
for (const place of document.querySelectorAll(".drop")) {
  const input = place.querySelector("input[type=file]");
  for (const kind of ["dragenter", "dragover"]) {
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
  }
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("over");
    input.files = event.dataTransfer.files;
  });
}

// One click on a button of a form is enough.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", () => {
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    });
  });
}
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form[method=post] button")) button.disabled = false;
});

// While a build runs, the page that shows it looks again.
const waiting = document.querySelector("[data-look-again]");
if (waiting) setTimeout(() => location.reload(), 1000 * Number(waiting.dataset.lookAgain));
