// The list. Of a long one, only the rows in view are in the document: they are all of one
// height, and two empty ones take the place of the others.

const list = find("#list");
const most = 300; // rows that are all in the document
let shown = [], shownIn = ""; // the rows that are not hidden, and the state that they belong to
let marks = []; // the moments at which rows appear, in order
let height = 24; // of a row in a long list
const [above, below] = [0, 1].map(() => document.createElement("li"));
for (const e of [above, below]) e.setAttribute("aria-hidden", true);

index([...list.children]);

// known returns the rows that are shown up to a moment. A filter leaves out requests without
// packets.
function known(last) {
  const out = [];
  let heading;
  for (const row of rows) {
    if (row.from > last || !listed(row)) continue;
    if (row.run) {
      if (!walk.filtered && !row.opened) out.push(row);
    } else if (row.name) {
      const run = folded(row);
      if (!offers(row) || run && run.from <= last) continue;
      if (heading) out.push(heading);
      heading = undefined;
      out.push(row);
    } else if (!walk.filtered) out.push(row);
    else if (row.element.className === "request") heading = row;
    else if (row.element.className === "answer" && !heading && out.length) out.push(row);
  }
  return out;
}

// offer shows the rows, and scrolls to that of the current packet.
function offer() {
  if (marks.length !== rows.length) marks = rows.map(r => r.from).sort((a, b) => a - b);
  const last = limit(), state = [leading(marks, m => m <= last), walk.background, walk.changes].join();
  if (state !== shownIn) shown = known(last);
  shownIn = state;
  find("#nothing").hidden = !walk.filtered || shown.length > 0;
  list.classList.toggle("long", shown.length > most);
  present();
  const current = walk.entry && (folded(walk.entry) || walk.entry);
  if (current !== walk.row && walk.row) walk.row.element.removeAttribute("aria-current");
  walk.row = current;
  if (!current) return;
  current.element.setAttribute("aria-current", "step");
  if (shown.length > most) reachRow(shown.indexOf(current));
}

// reachRow scrolls a long list to a row.
function reachRow(at) {
  const top = at * height, bottom = top + height - list.clientHeight;
  if (at < 0 || bottom <= list.scrollTop && list.scrollTop <= top) return;
  list.scrollTop = list.scrollTop > top ? top : bottom;
  present();
}

// present puts the rows in view into the document.
function present() {
  const long = shown.length > most;
  const inView = Math.min(most / 3, Math.ceil(list.clientHeight / height));
  const from = long ? Math.min(shown.length, Math.max(0, Math.floor(list.scrollTop / height) - inView)) : 0;
  const some = long ? shown.slice(from, from + 3 * inView + 1) : shown;
  above.style.height = `${from * height}px`;
  below.style.height = `${(shown.length - from - some.length) * height}px`;
  replace(long ? [above, ...some.map(r => r.element), below] : some.map(r => r.element));
  some.forEach((r, i) => {
    r.timed ||= timed(r.element).filter(t => t.element !== r.element);
    veil(r.timed);
    if (!long) return;
    r.element.setAttribute("aria-setsize", shown.length);
    r.element.setAttribute("aria-posinset", from + i + 1);
  });
  const measured = long && some.length ? some[0].element.getBoundingClientRect().height : 0;
  if (!measured || measured === height) return;
  height = measured;
  present();
}

// replace makes these elements the list's. Those that stay are not touched, and keep the focus.
function replace(elements) {
  const staying = new Set(elements);
  for (const e of [...list.children]) if (!staying.has(e)) e.remove();
  let at = list.firstElementChild;
  for (const e of elements) {
    if (e === at) at = at.nextElementSibling;
    else list.insertBefore(e, at);
  }
}

// fold folds or unfolds the run of the current packet.
function fold(run = walk.entry && runOf(walk.entry)) {
  if (!run || walk.filtered) return;
  run.opened = !run.opened;
  walk.changes++;
  go(run.opened ? run.first.first : run.last.last);
}

list.addEventListener("scroll", () => shown.length > most && present(), {passive: true});
new ResizeObserver(() => shown.length > most && offer()).observe(list);
list.addEventListener("click", event => {
  const row = rowOf.get(event.target.closest("li"));
  if (!row || !row.run && !row.name) return;
  event.preventDefault();
  history.pushState(null, "", location.href); // so that the browser's button leads back
  if (row.name) return go(row.first);
  list.focus();
  fold(row);
});
