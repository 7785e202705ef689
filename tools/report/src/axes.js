// What all figures have in common: axes, legend, tooltip.
import { brief } from "./look.js";

/** An axis of numbers or, with categories, of those. */
export function axis(colours, about, more = {}) {
  return {
    type: about.log ? "log" : "value",
    name: about.name, nameLocation: "middle", nameGap: 28, scale: true,
    nameTextStyle: { color: colours.faint },
    axisLabel: { color: colours.faint, formatter: (x) => (typeof x === "number" ? brief(x) : x), hideOverlap: true },
    axisLine: { lineStyle: { color: colours.line } },
    splitLine: { lineStyle: { color: colours.line, opacity: 0.5 } },
    ...(about.most === undefined ? {} : { max: ({ min, max }) => (max === min || max + 0.2 * (max - min) > about.most ? about.most : null) }),
    ...more,
  };
}

export function categories(colours, name, data, more = {}) {
  return axis(colours, { name }, { type: "category", data, splitLine: { show: false }, axisTick: { show: false },
    axisLabel: { color: colours.faint, hideOverlap: true, width: 130, overflow: "truncate" }, ...more });
}

/** An option with axes x and y and room for their names. */
export function frame(colours, x, y, more = {}) {
  return {
    animation: false, color: colours.palette, textStyle: { color: colours.text, fontFamily: "inherit" },
    grid: { left: 66, right: 20, top: more.legend === false ? 14 : 36, bottom: 48, ...(more.grid || {}) },
    xAxis: x, yAxis: { nameGap: 50, ...y },
    legend: more.legend === false ? undefined : { type: "scroll", top: 0, left: 0, textStyle: { color: colours.text }, pageTextStyle: { color: colours.faint },
      pageIconColor: colours.text, pageIconInactiveColor: colours.line, itemWidth: 16, itemHeight: 10, ...(more.legend || {}) },
    tooltip: { trigger: "item", confine: true, backgroundColor: colours.panel, borderColor: colours.line, textStyle: { color: colours.text, fontSize: 12 }, ...(more.tooltip || {}) },
    series: [],
  };
}

/** A dashed straight line from one point to another. */
export function guide(colours, from, to) {
  return { silent: true, symbol: "none", animation: false, lineStyle: { color: colours.faint, type: "dashed", width: 1 }, label: { show: false },
    data: [[{ coord: from }, { coord: to }]] };
}

/** A series of upright (or, lying, level) whiskers from [at, low, high]. */
export function whiskers(data, colour, lying = false) {
  return {
    type: "custom", silent: true, z: 5, data, encode: lying ? { y: 0, x: [1, 2] } : { x: 0, y: [1, 2] },
    renderItem: (_, api) => {
      const at = api.value(0);
      const [a, b] = [api.value(1), api.value(2)].map((v) => (lying ? api.coord([v, at]) : api.coord([at, v])));
      const cap = 4;
      const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: colour, lineWidth: 1.5 } });
      const caps = lying ? [line(a[0], a[1] - cap, a[0], a[1] + cap), line(b[0], b[1] - cap, b[0], b[1] + cap)]
        : [line(a[0] - cap, a[1], a[0] + cap, a[1]), line(b[0] - cap, b[1], b[0] + cap, b[1])];
      return { type: "group", children: [line(a[0], a[1], b[0], b[1]), ...caps] };
    },
  };
}
