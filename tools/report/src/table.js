// The trials as a table: sorted by any column, a page at a time, of the trials that are kept.
const kPage = 25;

/** Puts the table after `place` and keeps it up to date. */
export function trialsTable(trials, place) {
  const box = document.createElement("div");
  box.id = "trials";
  box.innerHTML = '<div class="bar"><span class="count" role="status"></span><button type="button" class="clear" hidden>Show all</button><span class="pages"><button type="button" aria-label="Previous page">‹</button><span></span><button type="button" aria-label="Next page">›</button></span></div><div class="table"><table><thead><tr></tr></thead><tbody></tbody></table></div>';
  place.after(box);
  const [count, clear, body, head] = [".count", ".clear", "tbody", "thead tr"].map((query) => box.querySelector(query));
  const [previous, where, next] = box.querySelector(".pages").children;
  let sorted = { column: trials.value, down: trials.maximize };
  let page = 0;
  let rows = [];

  // Levels are in their natural order.
  const key = (column, i) => (column.levels ? (column.levels[column.codes[i]] === "" ? null : column.codes[i]) : column.values[i]);
  const isNone = (x) => x === null;
  const order = () => {
    rows = [];
    for (let i = 0; i < trials.count; ++i) if (!trials.kept || trials.kept.has(i)) rows.push(i);
    const sign = sorted.down ? -1 : 1;
    rows.sort((a, b) => {
      const [x, y] = [key(sorted.column, a), key(sorted.column, b)];
      if (isNone(x) || isNone(y)) return (isNone(x) ? 1 : 0) - (isNone(y) ? 1 : 0);
      return sign * (x < y ? -1 : x > y ? 1 : 0) || a - b;
    });
  };
  const draw = () => {
    const pages = Math.max(Math.ceil(rows.length / kPage), 1);
    page = Math.min(Math.max(page, 0), pages - 1);
    count.textContent = trials.kept ? `${rows.length} of ${trials.count} trials` : `${trials.count} trials${trials.total > trials.count ? ` of ${trials.total}` : ""}`;
    clear.hidden = !trials.kept;
    where.textContent = `${page + 1} / ${pages}`;
    previous.disabled = page === 0;
    next.disabled = page === pages - 1;
    body.replaceChildren(...rows.slice(page * kPage, (page + 1) * kPage).map((i) => {
      const line = document.createElement("tr");
      line.dataset.trial = trials.number.values[i];
      if (trials.number.values[i] === trials.chosen) line.className = "chosen";
      for (const column of trials.columns) {
        const cell = document.createElement("td");
        cell.textContent = trials.text(column, i);
        cell.className = column.levels ? (cell.textContent.length <= 34 ? "short" : "") : "n";
        line.append(cell);
      }
      return line;
    }));
    [...head.children].forEach((cell, c) => cell.setAttribute("aria-sort", trials.columns[c] !== sorted.column ? "none" : sorted.down ? "descending" : "ascending"));
  };
  for (const column of trials.columns) {
    const cell = document.createElement("th");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = column.name;
    button.addEventListener("click", () => {
      sorted = { column, down: sorted.column === column ? !sorted.down : false };
      page = 0;
      order();
      draw();
    });
    if (!column.levels) cell.className = "n";
    cell.append(button);
    head.append(cell);
  }
  previous.addEventListener("click", () => { --page; draw(); });
  next.addEventListener("click", () => { ++page; draw(); });
  clear.addEventListener("click", () => { trials.clear(); });
  trials.listeners.push(() => { page = 0; order(); draw(); });
  order();
  draw();
}
