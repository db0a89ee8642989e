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
  decides: numbers(row.dataset.decides),
}));

// limit is the last moment that is shown. Beyond the end of the walk are packets in the background:
// they, too, are masked up to their end.
function limit() {
  const now = walk.now;
  return !walk.masked || now === walk.end || now > walk.end && entryAt(now).last === now ? Infinity : now;
}

// veil hides elements that have not appeared, or have disappeared.
function veil(list) {
  const shown = limit();
  for (const t of list) {
    const hidden = t.from > shown || t.until <= shown;
    if (t.hidden !== hidden) t.element.hidden = t.hidden = hidden;
  }
}

// count sets the counters of rules, and marks those that the packet has met, and that of the step.
function count(first, stop) {
  const shown = limit();
  for (const {row, counter, counted, hits, decides} of rules) {
    const past = leading(hits, h => h <= walk.now), last = hits[past - 1];
    const text = counted && shown < Infinity ? String(past) : counted; // not every rule has a counter
    if (counter.textContent !== text) counter.textContent = text;
    row.classList.toggle("met", last >= first);
    row.classList.toggle("now", last > stop);
    row.classList.toggle("this", decides.includes(walk.now));
  }
}
