// The mask hides what has not been reached. At the end of the walk there is nothing to hide.

const timing = "[data-moment], [data-until]";
const timed = all(timing);
const rules = all("[data-hits]").map(row => ({
  row,
  counter: row.cells[0],
  counted: row.cells[0].textContent,
  hits: row.dataset.hits.split(" ").map(Number),
}));

// limit is the last moment that is shown.
const limit = () => walk.masked && walk.now < walk.end ? walk.now : Infinity;

// veil hides elements that have not appeared, or have disappeared.
function veil(elements) {
  const shown = limit();
  for (const e of elements) {
    const hidden = Number(e.dataset.moment || 0) > shown || Number(e.dataset.until || Infinity) < shown + 1;
    if (e.hidden !== hidden) e.hidden = hidden;
  }
}

function mask() {
  veil(timed);
  for (const e of entries) {
    if (!e.matches || !walk.background && e.name.startsWith("b")) e.element.hidden = true;
  }
}

// count sets the counters of rules, and marks those that the packet has met.
function count(first, stop) {
  const shown = limit();
  for (const {row, counter, counted, hits} of rules) {
    const past = hits.filter(h => h <= walk.now);
    counter.textContent = shown < Infinity ? past.length : counted;
    row.classList.toggle("met", past.some(h => h >= first));
    row.classList.toggle("now", past.some(h => h > stop));
  }
}
