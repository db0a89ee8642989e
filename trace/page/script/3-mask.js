// The mask hides what has not been reached. At the end of the walk there is nothing to hide.

// timed returns the elements below one that appear or disappear, with the moments at which they do.
const timed = within => all("[data-moment], [data-until]", within).map(element => ({
  element,
  from: Number(element.dataset.moment), // NaN without such a moment: then no comparison is true
  until: Number(element.dataset.until),
  hidden: element.hidden,
}));
const always = timed(document); // there from the beginning, not in a chunk
const rules = all("[data-hits]").map(row => ({
  row,
  counter: row.cells[0],
  counted: row.cells[0].textContent,
  hits: row.dataset.hits.split(" ").map(Number),
}));

// limit is the last moment that is shown.
const limit = () => walk.masked && walk.now < walk.end ? walk.now : Infinity;

// veil hides elements that have not appeared, or have disappeared.
function veil(list) {
  const shown = limit();
  for (const t of list) {
    const hidden = t.from > shown || t.until <= shown;
    if (t.hidden !== hidden) t.element.hidden = t.hidden = hidden;
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
