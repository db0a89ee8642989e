// The mask hides what has not been reached. At the end of the walk there is nothing to hide.

const timed = all("[data-moment], [data-until]");
const rules = all("[data-hits]").map(row => ({
  row,
  counter: row.cells[0],
  counted: row.cells[0].textContent,
  hits: row.dataset.hits.split(" ").map(Number),
}));

// limit is the last moment that is shown.
const limit = () => walk.masked && walk.now < walk.end ? walk.now : Infinity;

function mask() {
  const shown = limit();
  for (const e of timed) {
    const {moment, until} = e.dataset;
    const over = until && shown < Infinity && Number(until) <= shown;
    const hidden = Number(moment || 0) > shown || Boolean(over);
    if (e.hidden !== hidden) e.hidden = hidden;
  }
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
