// The page comes alive: each figure is drawn when it is about to be seen, again when light turns dark, and on paper.
import { init } from "./echarts.js";
import { heightOf, kinds, widthOf } from "./figures.js";
import { look } from "./look.js";
import { history, parallel, parallelWidth, slice, Trials } from "./search.js";
import { trialsTable } from "./table.js";

const data = JSON.parse(document.getElementById("report-data").textContent);
const trials = data.trials ? new Trials(data.trials) : null;
const important = (data.figures.importance?.choices[0]?.chart?.categories) || [];

class Figure {
  constructor(element) {
    this.element = element;
    this.about = data.figures[element.dataset.figure];
    this.place = element.querySelector(".chart");
    this.choice = 0;
    this.chart = null;
    this.size();
    if (this.about.choices.length > 1) this.addSelect();
  }

  get current() { return this.about.choices[this.choice].chart; }

  size() {
    const width = widthOf(this.current);
    this.place.style.height = `${heightOf(this.current)}px`;
    this.place.style.maxWidth = Number.isFinite(width) ? `${width}px` : "";
    if (this.current.kind === "parallel") this.place.style.minWidth = document.documentElement.classList.contains("paper") ? "" : `${parallelWidth(trials, important)}px`;
  }

  addSelect() {
    const select = document.createElement("select");
    select.setAttribute("aria-label", `What is shown: ${this.about.caption}`);
    this.about.choices.forEach((choice, i) => select.add(new Option(choice.label, i)));
    select.addEventListener("change", () => { this.choice = Number(select.value); this.draw(); });
    this.element.prepend(select);
  }

  draw() {
    const colours = look();
    if (this.chart) this.chart.dispose();
    this.size();
    this.chart = init(this.place, null, { renderer: "canvas" });
    this.place.setAttribute("role", "img");
    this.place.setAttribute("aria-label", this.about.caption);
    this.chart.setOption(this.option(colours));
    this.element.dataset.drawn = "true";
  }

  option(colours) {
    const chart = this.current;
    if (chart.kind === "history") return history(trials, colours);
    if (chart.kind === "slice") return slice(trials, colours, chart.parameter);
    if (chart.kind !== "parallel") return kinds[chart.kind](chart, colours);
    const { option, places, drawn, valued } = parallel(trials, colours, important);
    this.element.querySelector("figcaption").textContent = this.about.caption + (drawn < valued ? ` Drawn are ${drawn} of ${valued} lines, the best among them.` : "");
    this.brush(places);
    return option;
  }

  // What is dragged on the axes decides which trials are kept.
  brush(places) {
    const chart = this.chart;
    const axisOf = (dim) => chart.getModel().getComponent("parallelAxis", dim);
    const kept = () => {
      const brushed = places.map((_, dim) => dim).filter((dim) => axisOf(dim).activeIntervals.length > 0);
      if (brushed.length === 0) return null;
      const rows = new Set();
      for (let i = 0; i < trials.count; ++i) if (brushed.every((dim) => axisOf(dim).getActiveState(places[dim][i]) === "active")) rows.add(i);
      return rows;
    };
    let waiting = false;
    chart.on("axisareaselected", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        trials.keep(kept());
      });
    });
    trials.clear = () => {
      places.forEach((_, dim) => chart.dispatchAction({ type: "axisAreaSelect", parallelAxisId: axisOf(dim).id, intervals: [] }));
      trials.keep(null);
    };
  }
}

const figures = [...document.querySelectorAll("figure[data-figure]")].map((element) => new Figure(element));
document.documentElement.classList.add("js");

if (trials) {
  const place = document.getElementById("figure-parallel");
  trialsTable(trials, place);
  const past = figures.find((figure) => figure.element.id === "figure-history");
  trials.listeners.push(() => past?.chart?.setOption(history(trials, look()), { replaceMerge: ["series"] }));
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    seen.unobserve(entry.target);
    const figure = figures.find((one) => one.element === entry.target);
    if (!figure.chart) figure.draw();
  }
}, { rootMargin: "300px" });
for (const figure of figures) seen.observe(figure.element);

const drawAgain = () => figures.forEach((figure) => { if (figure.chart) figure.draw(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { trials?.keep(null); drawAgain(); });
let resizing = 0;
addEventListener("resize", () => {
  cancelAnimationFrame(resizing);
  resizing = requestAnimationFrame(() => figures.forEach((figure) => figure.chart?.resize()));
});
// On paper a figure is as wide as the paper, whatever the window is.
addEventListener("beforeprint", () => {
  document.documentElement.classList.add("paper");
  figures.forEach((figure) => figure.draw());
});
addEventListener("afterprint", () => {
  document.documentElement.classList.remove("paper");
  drawAgain();
});

// The section that is read is marked in the contents.
const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
const reading = new IntersectionObserver((entries) => {
  for (const entry of entries) links.get(entry.target.id)?.classList.toggle("here", entry.isIntersecting);
}, { rootMargin: "-10% 0px -70% 0px" });
for (const section of document.querySelectorAll("section[id]")) reading.observe(section);
