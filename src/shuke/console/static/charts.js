// Draws each picture that a page announces, in the reader's light and language.
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");
const language = document.documentElement.lang;

// As people of that language shorten numbers: 12K in English, 1.2万 in Chinese.
const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 2 });
const people = (value) => (typeof value === "number" ? short.format(value) : value);

async function draw(place) {
  const mode = dark.matches ? "dark" : "light";
  const answer = await fetch(`${place.dataset.chart}&mode=${mode}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const drawing = place.querySelector(".drawing");
  drawing.replaceChildren();
  await vegaEmbed(drawing, await answer.json(), {
    actions: false,
    ast: true, // evaluates expressions without eval
    defaultStyle: false,
    expressionFunctions: { people },
    logLevel: 1, // errors; that it fits a chart into its place is no news
    renderer: "svg",
    tooltip: { disableDefaultStyle: true },
  });
  place.dataset.mode = mode;
  place.dataset.drawn = "yes";
}

function drawAll() {
  for (const place of document.querySelectorAll("[data-chart]")) {
    draw(place).catch((error) => {
      place.querySelector(".drawing").textContent = place.dataset.sorry;
      console.error(error);
    });
  }
}

dark.addEventListener("change", drawAll);
drawAll();
