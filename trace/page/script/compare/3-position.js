// The position: a row of the current packet, on both sides.

function go(moment, still) {
  walk.now = moment;
  const entry = entryAt(moment);
  veil();
  for (const e of entries) {
    e.article.hidden = e !== entry;
    if (e !== entry) e.element.removeAttribute("aria-current");
  }
  if (walk.row) walk.row.classList.remove("here");
  if (!entry) return draw([]);
  const rows = rowsOf(entry), at = moment - entry.first;
  rows.forEach((r, i) => r.hidden = entry.first + i > limit());
  walk.row = rows[at];
  walk.row.classList.add("here");
  draw(rows.slice(0, at + 1));
  entry.element.setAttribute("aria-current", "step");
  find("#said").replaceChildren(...all(".side > :not([hidden])", rows[at]).map(p => p.cloneNode(true)));
  if (still) return begin(rows[at]);
  history.replaceState(null, "", "#" + rows[at].id);
  entry.element.scrollIntoView({block: "nearest"});
  rows[at].scrollIntoView({block: "nearest"});
}

// begin shows the first row. On a small screen, the page stays where it is: at the first difference.
function begin(row) {
  if (matchMedia("(min-width: 48rem) and (min-height: 40rem)").matches) row.scrollIntoView({block: "nearest"});
}

// linked goes to the row in the address: #3.4 is the fourth of packet 3.
function linked() {
  const [name, row] = decodeURIComponent(location.hash.slice(1)).split(".");
  const entry = entries.find(e => e.name === name);
  if (entry) go(Math.min(entry.last, entry.first + Math.max(0, (Number(row) || 1) - 1)));
  return Boolean(entry);
}
