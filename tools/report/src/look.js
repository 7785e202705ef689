// Colours and numbers, the same in every figure. The palette is the style sheet's: one place for light, dark and paper.
const styles = () => getComputedStyle(document.documentElement);

/** The colours that hold now. */
export function look() {
  const style = styles();
  const get = (name) => style.getPropertyValue(name).trim();
  const dark = matchMedia("(prefers-color-scheme: dark)").matches && !document.documentElement.classList.contains("paper");
  const rising = ["#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725"];
  return {
    palette: Array.from({ length: 8 }, (_, i) => get(`--c${i}`)),
    text: get("--text"), faint: get("--faint"), line: get("--line"), panel: get("--panel"),
    // Viridis and a blue-orange scale: both are told apart without red and green, and by lightness alone where they rise.
    counts: [get("--panel"), get("--c0")],
    rising,
    later: dark ? rising.slice(1) : rising.slice(0, 5).reverse(),  // the latest stand out from the ground
    diverging: ["#0072B2", "#7db6d8", get("--middle"), "#efb567", "#D55E00"],
  };
}

/** Text for HTML: names come from files of others. */
export const escape = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** A number for people: four significant digits, no zeros for show. */
export function brief(number, digits = 4) {
  if (number === null || number === undefined || Number.isNaN(number)) return "";
  if (typeof number !== "number") return String(number);
  if (Number.isInteger(number) && Math.abs(number) < 1e6) return String(number);
  return String(Number(number.toPrecision(digits)));
}

/** Smallest and largest of the numbers; nothing counts that is none. */
export function extent(numbers) {
  let low = Infinity, high = -Infinity;
  for (const x of numbers) {
    if (typeof x !== "number") continue;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** The number below which a share of the numbers lies. */
export function quantile(numbers, share) {
  const sorted = numbers.filter((x) => typeof x === "number").sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor(share * (sorted.length - 1))] : undefined;
}

/** Lines of a tooltip: [name, value] pairs under a heading. */
export function tip(heading, lines) {
  const rows = lines.filter(([, value]) => value !== "" && value !== null && value !== undefined)
    .map(([name, value]) => `<tr><td>${escape(name)}</td><td><b>${escape(typeof value === "number" ? brief(value) : value)}</b></td></tr>`);
  return `${heading === "" ? "" : `<b>${escape(heading)}</b>`}<table class="tip">${rows.join("")}</table>`;
}
