// Keys mean the same as in the walk of one trace; n and N go to the differences.

function beside(by) {
  const list = offered(), first = walk.now && entryAt(walk.now).first;
  return by > 0 ? list.find(e => e.first > first) : list.findLast(e => e.first < first);
}

function step(by) {
  const entry = walk.now ? entryAt(walk.now) : undefined, next = walk.now + by;
  if (entry && entry.first <= next && next <= entry.last) return go(next);
  const other = beside(by);
  if (other) go(by > 0 ? other.first : other.last);
}

function hop(by) {
  const list = offered().flatMap(e => rowsOf(e).flatMap((r, i) => "stop" in r.dataset ? [e.first + i] : []));
  to(list, by);
}

function to(list, by) {
  const next = by > 0 ? list.find(m => m > walk.now) : list.findLast(m => m < walk.now);
  if (next) go(next);
}

function jump(entry, end) {
  if (entry) go(end ? entry.last : entry.first);
}

function open(id) {
  const section = document.getElementById(id);
  if (!section) return;
  section.hidden = false;
  section.scrollIntoView();
}

const keys = {
  ArrowRight: () => step(1), l: () => step(1), ArrowLeft: () => step(-1), h: () => step(-1),
  "]": () => hop(1), "[": () => hop(-1),
  n: () => to(offered().flatMap(e => e.turns), 1), N: () => to(offered().flatMap(e => e.turns), -1),
  ArrowDown: () => jump(beside(1)), j: () => jump(beside(1)), ArrowUp: () => jump(beside(-1)), k: () => jump(beside(-1)),
  Home: () => jump(entryAt(walk.now)), End: () => jump(entryAt(walk.now), true),
  "<": () => jump(offered()[0]), ">": () => jump(offered().at(-1)),
  u: () => {
    walk.masked = !walk.masked;
    go(walk.now);
  },
  s: () => {
    document.body.classList.toggle("stage");
    go(walk.now);
  },
  i: () => open("task"),
  A: () => open("answer"),
  "/": () => find("#filter input").focus(),
  "?": () => find("#keys").showModal(),
};

document.addEventListener("keydown", event => {
  const key = keys[event.key];
  if (!key || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input") || find("#keys").open) return;
  event.preventDefault();
  key();
});
for (const b of all("#controls button")) b.addEventListener("click", () => keys[b.dataset.key]());
for (const e of entries) e.element.addEventListener("click", event => {
  event.preventDefault();
  go(e.first);
});

// The filter: words that a packet's text contains, and words after "!" that it must not.
const field = find("#filter input");
field.addEventListener("input", () => {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const e of entries) {
    const text = (e.element.textContent + e.article.textContent).toLowerCase();
    e.matches = words.every(w => w[0] === "!" ? w === "!" || !text.includes(w.slice(1)) : text.includes(w));
    e.element.classList.toggle("filtered", !e.matches);
  }
});
field.addEventListener("keydown", event => {
  if (event.key !== "Escape" && event.key !== "Enter") return;
  event.preventDefault();
  if (event.key === "Escape") field.value = "";
  field.dispatchEvent(new Event("input"));
  field.blur();
});
find("#filter").addEventListener("submit", event => event.preventDefault());

// Begin at the first difference: it is what the page is about. All that follows is masked.
document.body.classList.add("walk");
for (const e of all("#controls, #filter")) e.hidden = false;
if (find("#answer")) find("#answer").hidden = true;
addEventListener("hashchange", linked);
if (!linked()) go(Number(document.body.dataset.begin) || walk.end, true);
