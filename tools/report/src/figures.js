// Figures from their data: one function for each kind, which gives an ECharts option.
import { axis, categories, frame, guide, whiskers } from "./axes.js";
import { brief, extent, tip } from "./look.js";

const zip = (x, y) => x.map((at, i) => [at, y[i]]);

function lines(chart, colours) {
  const option = frame(colours, axis(colours, chart.x, { min: "dataMin", max: "dataMax", minInterval: chart.series.every((line) => line.x.every(Number.isInteger)) ? 1 : 0 }), axis(colours, chart.y), {
    tooltip: { trigger: "axis", formatter: (items) => tip(`${chart.x.name} ${brief(items[0].value[0])}`, items.filter((item) => !item.seriesName.startsWith("\u0000")).map((item) => [item.seriesName, item.value[1]])) },
    legend: { data: chart.series.map((line) => line.name) },
  });
  option.series = chart.series.flatMap((line, i) => {
    const colour = line.style === "dashed" && line.name === "as it should be" || line.name === "chance" ? colours.faint : colours.palette[i % 8];
    const main = { type: "line", name: line.name, data: zip(line.x, line.y), step: line.style === "steps" ? "end" : false, color: colour, showSymbol: Boolean(chart.markers) && line.style !== "dashed" || line.x.length === 1,
      symbolSize: 7, lineStyle: { width: 2, type: line.style === "dashed" ? "dashed" : "solid" }, connectNulls: false };
    if (!line.low) return [main];
    return [main, bandOf(line, i, colour)];
  });
  return option;
}

// A band as one polygon; its name begins with NUL, so that neither legend nor tooltip shows it.
function bandOf(line, i, colour) {
  const there = line.x.map((x, k) => [x, line.high[k]]).filter((p) => p[1] !== null);
  const back = line.x.map((x, k) => [x, line.low[k]]).filter((p) => p[1] !== null).reverse();
  const all = there.concat(back);
  return { type: "custom", name: `\u0000${i}`, silent: true, z: 1, data: all, clip: true, renderItem: (params, api) => {
    if (params.dataIndex !== 0) return undefined;
    return { type: "polygon", shape: { points: all.map((p) => api.coord(p)) }, style: { fill: colour, opacity: 0.16 } };
  } };
}

function stacks(chart, colours) {
  // A cross term that is almost nothing shall not take a whole step of the axis below zero.
  const below = chart.categories.map((_, i) => chart.series.reduce((sum, layer) => sum + Math.min(layer.y[i], 0), 0));
  const least = Math.min(...below), most = Math.max(...(chart.totals || [1]));
  const ends = least < 0 && least > -0.08 * most ? { min: 1.3 * least } : {};
  const y = axis(colours, chart.y, { scale: false, ...ends });
  y.axisLabel.showMinLabel = !("min" in ends);
  const option = frame(colours, categories(colours, chart.x.name, chart.categories, { axisLine: { onZero: false, lineStyle: { color: colours.line } } }), y, {
    tooltip: { trigger: "axis", axisPointer: { type: "none" },
      formatter: (items) => tip(items[0].name, [...items.filter((item) => item.seriesType === "bar").map((item) => [item.seriesName, item.value]), ["mean loss", chart.totals && chart.totals[items[0].dataIndex]]]) },
  });
  option.series = chart.series.map((layer) => ({ type: "bar", stack: "all", name: layer.name, data: layer.y, barMaxWidth: 70, color: colours.palette[layer.colour], itemStyle: { borderColor: colours.panel, borderWidth: 0.5 } }));
  if (chart.totals) option.series.push({ type: "scatter", name: "mean loss", symbol: "rect", symbolSize: [26, 3], color: colours.text, data: chart.totals, z: 4 });
  return option;
}

function points(chart, colours) {
  const many = chart.series.reduce((sum, cloud) => sum + cloud.x.length, 0) > 300;
  const option = frame(colours, axis(colours, chart.x), axis(colours, chart.y), {
    legend: chart.series.length > 1 ? {} : false,
    tooltip: { formatter: (item) => tip((chart.series[item.seriesIndex].labels || [])[item.dataIndex] || item.seriesName, [[chart.x.name, item.value[0]], [chart.y.name, item.value[1]]]) },
  });
  option.series = chart.series.map((cloud, i) => ({ type: "scatter", name: cloud.name, data: zip(cloud.x, cloud.y), symbolSize: many ? 5 : 7, color: colours.palette[i === 0 ? 0 : 4], itemStyle: { opacity: i === 0 ? 0.55 : 0.95 } }));
  if (chart.guide === "diagonal") {
    const [x, y] = [0, 1].map((k) => extent(chart.series.flatMap((cloud) => (k ? cloud.y : cloud.x))));
    const [low, high] = [Math.max(x[0], y[0]), Math.min(x[1], y[1])];
    if (low < high) option.series[0].markLine = guide(colours, [low, low], [high, high]);
  } else if (chart.guide === "zero") {
    const [low, high] = extent(chart.series.flatMap((cloud) => cloud.x));
    option.series[0].markLine = guide(colours, [low, 0], [high, 0]);
  }
  return option;
}

function strips(chart, colours) {
  const option = points(chart, colours);
  option.xAxis = categories(colours, chart.x.name, chart.categories);
  option.tooltip.formatter = (item) => tip(`${chart.x.name} ${chart.categories[item.value[0]]}`, [[(chart.series[item.seriesIndex].labels || [])[item.dataIndex] || item.seriesName, item.value[1]]]);
  option.series[1].symbol = "diamond";
  option.series[1].symbolSize = 13;
  return option;
}

function cellsOf(chart) {
  const wide = chart.columns.length;
  return chart.values.map((value, i) => [i % wide, Math.floor(i / wide), value]);
}

function matrixFrame(chart, colours, scale) {
  const option = frame(colours, categories(colours, chart.x.name, chart.columns, { nameGap: 34 }), categories(colours, chart.y.name, chart.rows, { inverse: true, nameGap: 84 }), {
    legend: false, grid: { left: 110, right: 96, top: 12, bottom: 56 },
    tooltip: { formatter: (item) => tip(`${chart.y.name} ${chart.rows[item.value[1]]}, ${chart.x.name} ${chart.columns[item.value[0]]}`, [[chart.name, item.value[2]]]) },
  });
  option.visualMap = { type: "continuous", calculable: false, right: 8, top: "middle", itemHeight: 150, itemWidth: 12, textStyle: { color: colours.faint }, text: [brief(scale.max, 3), brief(scale.min, 3)], ...scale };
  return option;
}

function matrix(chart, colours) {
  const cells = cellsOf(chart).filter((cell) => cell[2] !== null);
  let [min, max] = extent(cells.map((cell) => cell[2]));
  if (chart.diverging && min < 0 && max > 0) [min, max] = [-Math.max(-min, max), Math.max(-min, max)];
  if (max === min) [min, max] = [Math.min(min, 0), max === 0 ? 1 : Math.max(max, 0)];  // one number by itself: from nothing to it
  const diverges = chart.diverging && min < 0 && max > 0;
  const option = matrixFrame(chart, colours, { min, max, inRange: { color: diverges ? colours.diverging : colours.rising } });
  option.series = [{ type: "heatmap", data: cells, progressive: 0, itemStyle: { borderColor: colours.panel, borderWidth: chart.rows.length > 40 || chart.columns.length > 60 ? 0 : 1 } }];
  return option;
}

// Counts, coloured by their share of the line: a rare class is seen as well as a frequent one.
function confusion(chart, colours) {
  const totals = chart.rows.map((_, r) => chart.columns.reduce((sum, __, c) => sum + chart.values[r * chart.columns.length + c], 0));
  const cells = cellsOf(chart).map(([c, r, count]) => ({ value: [c, r, totals[r] > 0 ? count / totals[r] : 0, count], label: { color: totals[r] > 0 && count / totals[r] > 0.5 ? colours.panel : colours.text } }));
  const option = matrixFrame({ ...chart, name: "share" }, colours, { min: 0, max: 1, inRange: { color: colours.counts }, dimension: 2 });
  option.tooltip.formatter = (item) => tip(`${chart.rows[item.value[1]]} said to be ${chart.columns[item.value[0]]}`, [["rows", item.value[3]], ["share of the true class", `${brief(100 * item.value[2], 3)} %`]]);
  option.series = [{ type: "heatmap", data: cells, label: { show: chart.rows.length <= 20, fontSize: 11, formatter: (item) => (item.value[3] ? item.value[3] : "") }, itemStyle: { borderColor: colours.line, borderWidth: 0.5 } }];
  return option;
}

function bars(chart, colours) {
  const lying = Boolean(chart.lying);
  const names = lying ? chart.categories.slice().reverse() : chart.categories;
  const values = lying ? chart.values.slice().reverse() : chart.values;
  const errors = chart.errors && (lying ? chart.errors.slice().reverse() : chart.errors);
  const named = categories(colours, chart.y && !lying ? chart.x.name : "", names, lying ? { axisLabel: { color: colours.text, width: 190, overflow: "truncate" } } : {});
  const numbers = axis(colours, lying ? chart.x : chart.y, { scale: false, min: 0 });
  const option = frame(colours, lying ? numbers : named, lying ? named : numbers, { legend: false, grid: lying ? { left: 210, top: 8 } : {},
    tooltip: { formatter: (item) => tip(names[item.dataIndex], [[lying ? chart.x.name : chart.y.name, item.value], ["±", errors ? errors[item.dataIndex] : ""]]) } });
  option.series = [{ type: "bar", data: values, barMaxWidth: 26, barCategoryGap: lying ? "35%" : "4%", color: colours.palette[0] }];
  if (errors) option.series.push(whiskers(values.map((value, i) => [i, Math.max(value - errors[i], 0), value + errors[i]]), colours.text, lying));
  return option;
}

function intervals(chart, colours) {
  const holds = chart.truth.map((truth, i) => truth >= chart.low[i] && truth <= chart.high[i]);
  const option = frame(colours, axis(colours, chart.x, { min: -1, max: chart.low.length, axisLabel: { show: false } }), axis(colours, chart.y), {
    tooltip: { formatter: (item) => { const i = item.value[0]; return tip(`row ${chart.id[i]}`, [["truth", chart.truth[i]], ["from", chart.low[i]], ["to", chart.high[i]]]); } },
    legend: { data: ["truth in its interval", "truth outside"] },
  });
  const cloud = (name, inside, colour, symbol) => ({ type: "scatter", name, symbol, color: colour, symbolSize: inside ? 5 : 9, z: 4, data: chart.truth.map((truth, i) => [i, truth]).filter((_, i) => holds[i] === inside) });
  option.series = [
    { type: "custom", silent: true, name: "\u0000", data: chart.low.map((low, i) => [i, low, chart.high[i]]), encode: { x: 0, y: [1, 2] }, renderItem: (_, api) => {
      const [a, b] = [api.coord([api.value(0), api.value(1)]), api.coord([api.value(0), api.value(2)])];
      return { type: "line", shape: { x1: a[0], y1: a[1], x2: b[0], y2: b[1] }, style: { stroke: colours.palette[5], lineWidth: 2, opacity: 0.7 } };
    } },
    cloud("truth in its interval", true, colours.palette[0], "circle"), cloud("truth outside", false, colours.palette[4], "diamond"),
  ];
  return option;
}

function timeline(chart, colours) {
  const option = frame(colours, axis(colours, { name: "s" }, { min: 0 }), categories(colours, "rank", chart.ranks.map(String), { inverse: true }), {
    legend: { data: chart.kinds },
    tooltip: { formatter: (item) => tip(`rank ${chart.ranks[item.value[0]]}`, [["trial", item.value[4]], ["of", chart.kinds[item.value[3]]], ["start", `${brief(item.value[1])} s`], ["took", `${brief(item.value[2])} s`]]) },
  });
  const used = chart.kinds.map((kind, k) => ({ kind, k, bars: chart.bars.filter((bar) => bar[3] === k) })).filter(({ bars: some }) => some.length);
  option.legend.data = used.map(({ kind }) => kind);
  option.series = used.map(({ kind, k, bars: some }) => ({
    type: "custom", name: kind, color: colours.palette[[0, 2, 1][k]], data: some, encode: { x: [1, 2], y: 0 }, clip: true,
    renderItem: (_, api) => {
      const [x, y] = api.coord([api.value(1), api.value(0)]);
      const height = Math.min(api.size([0, 1])[1] * 0.7, 34);
      const width = Math.max(api.size([api.value(2), 0])[0], 0.7);
      return { type: "rect", shape: { x, y: y - height / 2, width, height }, style: { fill: api.visual("color"), stroke: colours.panel, lineWidth: width > 4 ? 0.6 : 0 } };
    },
  }));
  const last = Math.max(...chart.bars.map((bar) => bar[1] + bar[2]));
  option.xAxis.max = last;
  return option;
}

function settings(chart, colours) {
  const x = chart.categories ? categories(colours, chart.x.name, chart.categories) : axis(colours, chart.x);
  const option = frame(colours, x, axis(colours, chart.y), { legend: false, tooltip: { formatter: (item) => { const p = shown[item.dataIndex]; return tip(p.run, [[chart.x.name, p.x], [chart.y.name, p.y], ["standard error", p.error]]); } } });
  const shown = chart.points.filter((point) => point.y !== null);
  option.series = [{ type: "scatter", symbolSize: 11, color: colours.palette[0], data: shown.map((p) => [p.x, p.y]),
    label: { show: shown.length <= 12, position: "right", color: colours.faint, fontSize: 11, formatter: (item) => shown[item.dataIndex].run }, labelLayout: { hideOverlap: true } }];
  const sure = shown.filter((p) => p.error !== null);
  if (sure.length) option.series.push(whiskers(sure.map((p) => [p.x, p.y - p.error, p.y + p.error]), colours.faint));
  return option;
}

export const kinds = { lines, stacks, points, strips, matrix, confusion, bars, intervals, timeline, settings };

/** Pixels that a figure may have in width: a picture of one thing against another of its kind is square. */
export function widthOf(chart) {
  const matrix = chart.kind === "confusion" || (chart.kind === "matrix" && chart.rows.length === chart.columns.length);
  return chart.square ? 560 : matrix ? heightOf(chart) + 150 : Infinity;
}

/** Pixels that a figure wants in height. */
export function heightOf(chart) {
  if (chart.square) return 460;
  if (chart.kind === "parallel") return 380;
  if (chart.kind === "bars" && chart.lying) return Math.max(90 + 30 * chart.categories.length, 180);
  if (chart.kind === "timeline") return Math.min(110 + 42 * chart.ranks.length, 900);
  if (chart.kind === "confusion" || (chart.kind === "matrix" && chart.columns.length === chart.rows.length)) return Math.min(Math.max(120 + 32 * chart.rows.length, 280), 640);
  if (chart.kind === "matrix") return Math.min(Math.max(120 + 22 * chart.rows.length, 190), 640);
  return 340;
}
