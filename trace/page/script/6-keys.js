// Keys mean the same as in the walk in the terminal.

// beside returns the entry offered after the current one, or before it. A folded run counts as one.
function beside(by) {
  const entry = entryAt(walk.now), run = entry && folded(entry);
  let at = entry ? (run ? by > 0 ? run.last : run.first : entry).index + by : by > 0 ? 0 : -1;
  while (entries[at] && !offers(entries[at])) at += by;
  return entries[at];
}

function step(by) {
  const entry = entryAt(walk.now), next = walk.now + by;
  if (entry && !folded(entry) && entry.first <= next && next <= entry.last) return go(next);
  const other = beside(by);
  if (other) return go(by > 0 ? enter(other) : other.last);
}

async function hop(by) {
  const entry = entryAt(walk.now);
  const list = entry && !folded(entry) ? moments().flatMap((m, i, all) => stops(m, i, all) ? [entry.first + i] : []) : [];
  const next = by > 0 ? list.find(m => m > walk.now) : list.findLast(m => m < walk.now);
  if (next) return go(next);
  const other = beside(by);
  if (!other) return;
  if (by < 0 || folded(other)) return go(other.last);
  const article = await articleOf(other);
  go(other.first + all("li", article).findIndex(stops));
}

// turn goes to the next turning point, or the one before. In a folded run, only what the lesson is
// about counts.
function turn(by) {
  const entry = entryAt(walk.now);
  for (let i = entry ? entry.index : 0; entries[i]; i += by) {
    if (!offers(entries[i])) continue;
    const list = folded(entries[i]) ? entries[i].about : entries[i].turns;
    const next = by > 0 ? list.find(m => m > walk.now) : list.findLast(m => m < walk.now);
    if (next) return go(next);
  }
}

function jump(entry, end) {
  if (entry) go(end ? entry.last : enter(entry));
}

function toggle(name) {
  walk[name] = !walk[name];
  go(walk.now);
}

// stage enlarges the drawing and the steps, or ends that.
function stage() {
  document.body.classList.toggle("stage");
  reach();
}

// quit clears the filter, stops playing, and leaves the stage view.
function quit() {
  field.value = "";
  filter();
  play(false);
  document.body.classList.remove("stage");
}

const keys = {
  ArrowRight: () => step(1), l: () => step(1), ArrowLeft: () => step(-1), h: () => step(-1),
  "]": () => hop(1), "[": () => hop(-1),
  n: () => turn(1), N: () => turn(-1), p: () => turn(-1),
  ArrowDown: () => jump(beside(1)), j: () => jump(beside(1)), ArrowUp: () => jump(beside(-1)), k: () => jump(beside(-1)),
  Home: () => jump(entryAt(walk.now)), End: () => jump(entryAt(walk.now), true), 0: () => jump(entryAt(walk.now)), $: () => jump(entryAt(walk.now), true),
  "<": () => jump(offered()[0]), ">": () => jump(offered().at(-1)),
  u: () => document.body.dataset.masked !== undefined && toggle("masked"),
  a: () => toggle("background"),
  Enter: () => fold(),
  s: stage,
  i: () => tell("task"),
  A: () => tell("answer"),
  v: () => another(1), V: () => another(-1),
  g: () => find("#goto").showModal(),
  " ": () => play(), "+": () => pace(-.5), "=": () => pace(-.5), "-": () => pace(.5),
  Escape: quit,
  "/": () => find("#filter input").focus(),
  "?": () => find("#keys").showModal(),
};

document.addEventListener("keydown", event => {
  const key = keys[event.key];
  if (!key || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input") || find("dialog[open]")) return;
  if ([" ", "Enter"].includes(event.key) && event.target.matches("button, summary, a")) return;
  event.preventDefault();
  if (!event.repeat || !walk.busy) key(); // a key that is held down is not faster than the screen
});
for (const b of all("#controls button")) b.addEventListener("click", () => keys[b.dataset.key]());
for (const t of tabs) t.addEventListener("click", () => choose(t.dataset.show));
