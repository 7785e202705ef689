// The figures of a search: history, parallel coordinates, slices. They share the columns of the trials table, and which trials are kept.
import { axis, categories, frame } from "./axes.js";
import { brief, extent, quantile, tip } from "./look.js";

/** The trials as columns; `keep` says which are brushed, null for all. */
export class Trials {
  constructor(data) {
    this.columns = data.columns;
    this.objective = data.objective;
    this.maximize = data.maximize;
    this.chosen = data.chosen;
    this.total = data.total;
    this.worstInFrame = data.worst_in_frame;
    this.value = this.withRole("value")[0];
    this.number = this.withRole("trial")[0];
    this.state = this.withRole("state")[0];
    this.count = this.number.values.length;
    this.kept = null;
    this.listeners = [];
  }

  /** Few distinct numbers are marks of an axis: [the column as one of levels]. Others stay as they are. */
  marked(column) {
    if (column.levels || column.role !== "parameter") return column;
    const distinct = [...new Set(column.values)].filter((x) => x !== null).sort((a, b) => a - b);
    if (distinct.length > 6 || this.count < 2 * distinct.length) return column;
    return { ...column, levels: distinct.map((x) => brief(x, 5)), codes: column.values.map((x) => (x === null ? null : distinct.indexOf(x))) };
  }

  withRole(role) { return this.columns.filter((column) => column.role === role); }

  /** A cell for people. */
  text(column, i) {
    if (column.levels) return column.codes[i] === null ? "(other)" : column.levels[column.codes[i]];
    return brief(column.values[i], 5);
  }

  /** Rows that are kept: a Set, or null for all. */
  keep(rows) {
    this.kept = rows;
    for (const listener of this.listeners) listener();
  }

  tip(i) {
    const shown = [this.value, this.state, ...this.withRole("parameter")].slice(0, 14);
    return tip(`trial ${this.number.values[i]}`, shown.map((column) => [column.name, this.text(column, i)]));
  }

  /** A range of values that leaves the far-off worst out, so that the others can be told apart. */
  frame() {
    if (this.worstInFrame === null) return {};
    return this.maximize ? { min: this.worstInFrame } : { max: this.worstInFrame };
  }
}

export function history(trials, colours) {
  const bound = trials.frame();
  const beyond = (y) => (bound.max !== undefined && y > bound.max) || (bound.min !== undefined && y < bound.min);
  const groups = new Map();
  const best = [];
  let soFar = null;
  for (let i = 0; i < trials.count; ++i) {
    const [x, y, state] = [trials.number.values[i], trials.value.values[i], trials.text(trials.state, i)];
    if (state === "complete" && y !== null && (soFar === null || (trials.maximize ? y > soFar : y < soFar))) soFar = y;
    const level = soFar !== null && beyond(soFar) ? null : soFar;
    const last = best[best.length - 1];
    // Corners alone: a step between trials is no slope.
    if (!last || last[1] !== level || i === trials.count - 1) best.push(...(last && last[1] !== null ? [[x, last[1]], [x, level]] : [[x, level]]));
    if (y === null || beyond(y)) continue;
    const group = `${trials.kept && !trials.kept.has(i) ? 0 : 1}${state}`;
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push([x, y, i]);
  }
  const option = frame(colours, axis(colours, { name: "trial" }, { scale: true, minInterval: 1 }), axis(colours, { name: trials.objective, log: trials.value.log }), {
    tooltip: { formatter: (item) => (item.seriesType === "scatter" ? trials.tip(item.value[2]) : tip("best so far", [["trial", item.value[0]], [trials.objective, item.value[1]]])) },
  });
  const colour = { complete: colours.palette[0], pruned: colours.palette[7], paused: colours.palette[5] };
  // Those that are not kept lie behind, complete ones in front of others.
  const rank = (group) => 2 * Number(group[0]) + Number(group.slice(1) === "complete");
  option.series = [...groups].sort(([a], [b]) => rank(a) - rank(b)).map(([group, data]) => ({ type: "scatter", id: group, name: group.slice(1), data, symbolSize: trials.count > 1000 ? 4 : 6,
    color: colour[group.slice(1)] || colours.palette[4], itemStyle: { opacity: group[0] === "1" ? 0.6 : 0.06 } }));
  option.series.push({ type: "line", name: "best so far", data: best, showSymbol: false, color: colours.palette[1], lineStyle: { width: 2.5 }, z: 5 });
  return option;
}

/** The columns of parallel coordinates: the parameters (those that matter most where there are many), and the objective. */
function dimensions(trials, important) {
  const most = 10;
  let parameters = trials.withRole("parameter");
  if (parameters.length > most) {
    const rank = (column) => { const at = important.indexOf(column.name); return at < 0 ? Infinity : at; };
    parameters = parameters.slice().sort((a, b) => rank(a) - rank(b)).slice(0, most);
  }
  return [...parameters.map((column) => trials.marked(column)), trials.value];
}

/** Pixels below which the labels of one axis lie over the next. */
export const parallelWidth = (trials, important) => 170 + 64 * (dimensions(trials, important).length - 1);

// More lines than that are a carpet; which trials are kept is told for all of them.
const kMostLines = 1200;

function linesOf(trials) {
  const values = trials.value.values;
  const shown = [];
  for (let i = 0; i < trials.count; ++i) if (values[i] !== null) shown.push(i);
  if (shown.length <= kMostLines) return shown;
  const best = new Set(shown.slice().sort((a, b) => (trials.maximize ? values[b] - values[a] : values[a] - values[b])).slice(0, kMostLines / 3));
  const every = Math.ceil(shown.length / (kMostLines * 2 / 3));
  return shown.filter((i, k) => best.has(i) || k % every === 0);
}

/** The option, and the number by which each trial stands on each axis. */
export function parallel(trials, colours, important) {
  const columns = dimensions(trials, important);
  const values = trials.value.values;
  const shown = linesOf(trials);
  const good = values.filter((x) => x !== null);
  const range = trials.maximize ? [quantile(good, 0.1), quantile(good, 1)] : [quantile(good, 0), quantile(good, 0.9)];
  const label = (name) => (name.length > 22 ? `…${name.slice(-21)}` : name);
  const bound = trials.frame();
  const inFrame = (x) => (x === null ? null : Math.min(Math.max(x, bound.min ?? -Infinity), bound.max ?? Infinity));
  const halo = { textBorderColor: colours.panel, textBorderWidth: 3 };  // lines run behind the labels
  const option = {
    animation: false, textStyle: { color: colours.text, fontFamily: "inherit" },
    parallel: { left: 60, right: 110, top: 46, bottom: 28, parallelAxisDefault: { realtime: trials.count <= 1000, nameTextStyle: { color: colours.text, fontSize: 11 }, axisLabel: { color: colours.faint, fontSize: 11 },
      areaSelectStyle: { width: 18, borderColor: colours.palette[1], color: colours.palette[1], opacity: 0.35 }, axisLine: { lineStyle: { color: colours.faint } } } },
    parallelAxis: columns.map((column, dim) => {
      const about = { dim, name: label(column.name), nameLocation: "end", nameGap: 14, nameRotate: columns.length > 6 ? 12 : 0 };
      if (column.levels) return { ...about, type: "category", data: column.levels.map((level) => level || "(none)"), axisLabel: { color: colours.text, fontSize: 11, width: 90, overflow: "truncate", ...halo } };
      const ends = column === trials.value ? { min: bound.min, max: bound.max } : {};
      return { ...about, ...ends, type: column.log ? "log" : "value", scale: true, axisLabel: { color: colours.text, fontSize: 11, formatter: (x) => brief(x, 3), ...halo } };
    }),
    visualMap: { type: "continuous", show: false, dimension: columns.length - 1, min: range[0], max: range[1] > range[0] ? range[1] : range[0] + 1,
      inRange: { color: trials.maximize ? colours.rising : colours.rising.slice().reverse() } },
    series: [{ type: "parallel", progressive: 0, silent: true, smooth: false, lineStyle: { width: 1.2, opacity: trials.count > 1000 ? 0.3 : trials.count > 150 ? 0.4 : 0.75 }, inactiveOpacity: 0.02, activeOpacity: trials.count > 1000 ? 0.5 : 0.9,
      data: shown.map((i) => columns.map((column) => {
        if (column.levels) return column.codes[i] === null ? "-" : column.levels[column.codes[i]] || "(none)";
        const x = column.values[i];
        if (column === trials.value) return inFrame(x);
        return x === null ? "-" : x;
      })) }],
  };
  return { option, places: columns.map((column) => (column === trials.value ? values.map(inFrame) : column.codes || column.values)), drawn: shown.length, valued: good.length };
}

export function slice(trials, colours, name) {
  const column = trials.marked(trials.columns.find((one) => one.role === "parameter" && one.name === name));
  const bound = trials.frame();
  const x = column.levels ? categories(colours, name, column.levels.map((level) => level || "(none)")) : axis(colours, { name, log: column.log });
  const y = axis(colours, { name: trials.objective, log: trials.value.log }, { min: bound.min, max: bound.max });
  // The frame ends at no round number.
  if (bound.min !== undefined) y.axisLabel.showMinLabel = false;
  if (bound.max !== undefined) y.axisLabel.showMaxLabel = false;
  const option = frame(colours, x, y, { legend: false, grid: { right: 90 }, tooltip: { formatter: (item) => trials.tip(item.value[3]) } });
  const data = [];
  for (let i = 0; i < trials.count; ++i) {
    const at = column.levels ? column.codes[i] : column.values[i];
    if (at !== null && trials.value.values[i] !== null) data.push([at, trials.value.values[i], trials.number.values[i], i]);
  }
  const [min, max] = extent(trials.number.values);
  option.visualMap = { type: "continuous", dimension: 2, min, max: max > min ? max : min + 1, right: 6, top: "middle", itemHeight: 120, itemWidth: 10, text: ["trial", ""], textStyle: { color: colours.faint },
    inRange: { color: colours.later } };
  option.series = [{ type: "scatter", data, symbolSize: trials.count > 1000 ? 4 : 7, itemStyle: { opacity: 0.75 } }];
  return option;
}
