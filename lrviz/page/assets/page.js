// The figure of the page: what is under the pointer, the axes, the curves shown, the colours.
// Bokeh draws the curves; a line's last point at a step has the exact rate of that step.
"use strict";

const page = JSON.parse(document.getElementById("data").textContent);
const figure = document.getElementById("figure");
const place = document.getElementById("place");
const reset = document.getElementById("reset");
const rows = [...document.querySelectorAll(".curves li")];
const dark = matchMedia("(prefers-color-scheme: dark)");
const ROUNDING = 1e-6; // of positions
const SIZES = [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"]];

Bokeh.set_log_level("warn");
Bokeh.embed.embed_item(page.item, "figure").then((views) => start(views.roots[0].model));

function start(plot) {
  const find = (name) => plot.document.get_model_by_name(name);
  const curves = page.curves.map(find);
  const stripes = page.stripes.map((names) => names.map(find));
  const [cursor, points, steps, rates] = ["cursor", "points", "steps", "rates"].map(find);
  let unit = page.units[page.unit];
  let stop = null; // the index of the step that is shown

  function showStep(index) {
    stop = Math.min(Math.max(index, 0), page.steps.length - 1);
    const step = page.steps[stop];
    const found = curves.map((curve) => rateAt(curve.data_source.data, step));
    const scheme = page.schemes[dark.matches ? "dark" : "light"];
    const seen = curves.map((_, i) => i).filter((i) => curves[i].visible && found[i] !== null);
    place.textContent = placeText(step, unit);
    rows.forEach((row, i) => { row.querySelector("output").textContent = rateText(found[i]); });
    cursor.setv({ location: step, visible: true });
    points.data = {
      x: seen.map(() => step),
      y: seen.map((i) => found[i]),
      colour: seen.map((i) => scheme.curves[i]),
    };
  }

  function setTicks(axis, places, texts) {
    axis.ticker = new (Bokeh.Models.get("FixedTicker"))({ ticks: places });
    axis.major_label_overrides = new Map(places.map((place, i) => [place, texts[i]]));
  }

  function showTicks() {
    const { start, end } = plot.x_range;
    const most = Math.max(2, Math.floor(figure.clientWidth / 90));
    const numbers = roundNumbers(start / unit.steps, end / unit.steps, most);
    const sign = unit.name === "share" ? "%" : "";
    setTicks(steps, numbers.map((n) => n * unit.steps), numbers.map((n) => numberText(n) + sign));
    steps.axis_label = unit.name === "share" ? "share of the run" : unit.name;
    reset.disabled = start === page.steps_shown[0] && end === page.steps_shown[1];

    const [low, high] = [plot.y_range.start, plot.y_range.end];
    const places = plot.y_scale.type === "LogScale" ? decades(low, high) : roundNumbers(low, high, 6);
    setTicks(rates, places, places.map(rateText));
  }

  function showScale(name) {
    const [start, end] = page.rates_shown[name];
    const scale = new (Bokeh.Models.get(name === "log" ? "LogScale" : "LinearScale"))();
    if (name === "log") plot.y_range.setv({ start, end }); // a log scale cannot draw down to 0
    plot.y_scale = scale;
    rates.axis_label = page.rate_names[name];
    plot.y_range.setv({ start, end });
    showTicks();
  }

  function showWhole() {
    const [start, end] = page.steps_shown;
    plot.x_range.setv({ start, end });
    showScale(document.querySelector("[name=scale]:checked").value);
  }

  function showColours() {
    const scheme = page.schemes[dark.matches ? "dark" : "light"];
    for (const name of ["steps", "rates"]) {
      find(name).setv({ major_label_text_color: scheme.ink, axis_label_text_color: scheme.faint });
      find(`${name} grid`).grid_line_color = scheme.grid;
    }
    steps.setv({ axis_line_color: scheme.faint, major_tick_line_color: scheme.faint });
    cursor.line_color = scheme.faint;
    curves.forEach((curve, i) => {
      for (const line of [curve, ...stripes[i]]) line.glyph.line_color = scheme.curves[i];
    });
    if (stop !== null) showStep(stop);
  }

  function showCurve(i, visible) {
    for (const line of [curves[i], ...stripes[i]]) line.visible = visible;
    rows[i].classList.toggle("off", !visible);
    rows[i].querySelector("input").checked = visible;
    if (stop !== null) showStep(stop);
  }

  plot.on_event("mousemove", (event) => showStep(nearest(page.steps, event.x)));
  plot.on_event("tap", (event) => showStep(nearest(page.steps, event.x)));
  plot.on_event("doubletap", showWhole);
  reset.addEventListener("click", showWhole);
  for (const range of [plot.x_range, plot.y_range]) range.change.connect(showTicks);
  new ResizeObserver(showTicks).observe(figure);
  dark.addEventListener("change", showColours);

  const MOVES = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
  figure.addEventListener("keydown", (event) => {
    if (event.key === "Escape") showWhole();
    if (!(event.key in MOVES)) return;
    event.preventDefault();
    const first = MOVES[event.key] > 0 ? -1 : 1;
    const from = stop ?? nearest(page.steps, plot.x_range.start);
    showStep(stop === null && Math.abs(first) === 1 && isFinite(MOVES[event.key])
      ? from : from + MOVES[event.key] * (event.shiftKey ? 10 : 1));
  });
  for (const input of document.querySelectorAll("[name=scale]")) {
    input.checked = input.value === (page.log && page.rates_shown.log ? "log" : "linear");
    input.disabled = page.rates_shown[input.value] === null;
    input.addEventListener("change", () => showScale(input.value));
  }
  for (const input of document.querySelectorAll("[name=unit]")) {
    input.addEventListener("change", () => {
      unit = page.units[Number(input.value)];
      showTicks();
      if (stop !== null) showStep(stop);
    });
  }
  rows.forEach((row, i) => {
    row.querySelector("input").addEventListener("change", (event) => showCurve(i, event.target.checked));
  });
  for (const id of ["all", "none"]) {
    document.getElementById(id)?.addEventListener("click", () => {
      rows.forEach((_, i) => showCurve(i, id === "all"));
    });
  }
  showColours();
  showWhole();
}

// The index of the number in a rising list that is nearest to a value.
function nearest(numbers, value) {
  const after = lowerBound(numbers, value);
  if (after === 0) return 0;
  if (after === numbers.length) return after - 1;
  return value - numbers[after - 1] <= numbers[after] - value ? after - 1 : after;
}

// The index of the first number that is not below a value.
function lowerBound(numbers, value) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

// The exact rate of a line at a step: that of its last point up to there; null where it has none.
function rateAt({ x, y }, step) {
  const index = lowerBound(x, step + ROUNDING) - 1;
  const inside = index >= 0 && x[x.length - 1] >= step - ROUNDING;
  return inside && isFinite(y[index]) ? y[index] : null;
}

// The shortest text that reads back to the same number.
function rateText(rate) {
  if (rate === null) return "–";
  const size = Math.abs(rate);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? rate.toExponential().replace("e+", "e") : String(rate);
}

function placeText(step, unit) {
  if (page.stretched) return unit.name === "share" ? `${numberText(step / unit.steps)}% of each run` : `${unit.name} ${numberText(step / unit.steps)}`;
  const own = `step ${step.toLocaleString("en-US")}`;
  if (unit.name === "share") return `${own} · ${numberText(step / unit.steps)}%`;
  return unit.steps === 1 ? `${unit.name} ${step.toLocaleString("en-US")}` : `${own} · ${unit.name} ${numberText(step / unit.steps)}`;
}

// A number at up to four digits: 250, 2k, 12.5k, 1.26T.
function numberText(number) {
  const [size, suffix] = SIZES.find(([size]) => Math.abs(number) >= size) ?? [1, ""];
  return `${Number((number / size).toPrecision(4))}${suffix}`;
}

// Round numbers between two ends, evenly apart.
function roundNumbers(low, high, most) {
  const least = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(least));
  const apart = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= least * (1 - 1e-9));
  const numbers = [];
  for (let i = Math.ceil(low / apart - 1e-9); i * apart <= high + apart * 1e-9; i += 1) {
    numbers.push(Number((i * apart).toPrecision(12)));
  }
  return numbers;
}

// The powers of ten between two ends; on a short axis also twice and five times them.
function decades(low, high) {
  const first = Math.floor(Math.log10(low));
  const powers = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => first + i);
  const factors = high / low > 1000 ? [1] : [1, 2, 5];
  const every = Math.ceil(powers.length / 8);
  return powers.filter((_, i) => i % every === 0)
    .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
    .filter((number) => low * (1 - 1e-9) <= number && number <= high * (1 + 1e-9));
}

for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", () => {
    getSelection().selectAllChildren(button.closest("figure").querySelector("pre"));
    document.execCommand("copy"); // navigator.clipboard is refused to a page that is a local file
    button.textContent = "copied";
    setTimeout(() => { button.textContent = "copy"; }, 1500);
  });
}

addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
