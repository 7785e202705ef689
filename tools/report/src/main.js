// The page comes alive: each figure is drawn when it is about to be seen, again when light turns dark, and on paper.
import { init } from "./echarts.js";
import { heightOf, kinds } from "./figures.js";
import { look } from "./look.js";
import { history, parallel, slice, Trials } from "./search.js";
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
    this.place.style.height = `${heightOf(this.current)}px`;
    if (this.about.choices.length > 1) this.addSelect();
  }

  get current() { return this.about.choices[this.choice].chart; }

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
    this.place.style.height = `${heightOf(this.current)}px`;
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
    const { option, rows } = parallel(trials, colours, important);
    this.brush(rows, option.parallelAxis.length);
    return option;
  }

  // What is dragged on the axes decides which trials are kept.
  brush(rows, axes) {
    const chart = this.chart;
    let waiting = false;
    chart.on("axisareaselected", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        const series = chart.getModel().getSeriesByIndex(0);
        const normal = series.getRawIndicesByActiveState("normal").length;
        trials.keep(normal > 0 ? null : new Set(series.getRawIndicesByActiveState("active").map((i) => rows[i])));
      });
    });
    trials.clear = () => {
      for (let i = 0; i < axes; ++i) chart.dispatchAction({ type: "axisAreaSelect", parallelAxisId: chart.getModel().getComponent("parallelAxis", i).id, intervals: [] });
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
  trials.listeners.push(() => past?.chart?.setOption(history(trials, look())));
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
