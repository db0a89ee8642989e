// The position of the walk. A moment of the current packet is an item of its article.

const moments = () => all("li", walk.article);

// go shows a moment, once its packet is there. The latest call wins. A moment within a folded run
// unfolds it.
async function go(moment) {
  if (walk.now !== moment) document.body.classList.remove("reading");
  walk.now = moment;
  walk.busy = true;
  const entry = entryAt(moment), run = entry && folded(entry);
  if (run && moment !== run.last.last) {
    run.opened = true;
    walk.changes++;
  }
  const article = entry && await articleOf(entry);
  if (walk.now !== moment) return;
  if (walk.article && walk.article !== article) leave(walk.article);
  walk.article = article || null;
  walk.entry = entry;
  show(entry);
  requestAnimationFrame(() => { walk.busy = false; });
}

// leave hides an article, or removes that of a chunk.
function leave(article) {
  if (articles.get(article.dataset.packet) === article) article.hidden = true;
  else article.remove();
}

// show brings the document to the position.
function show(entry) {
  veil(always);
  begun(Boolean(entry) || !walk.masked);
  offer();
  if (!entry) {
    count(0, 0);
    draw([]);
    return;
  }
  if (entry.chunk) find("#walk").append(walk.article);
  walk.article.hidden = false;
  if (entry.chunk) veil(timed(walk.article));
  const list = moments(), at = walk.now - entry.first, last = limit();
  list.forEach((m, i) => {
    m.hidden = entry.first + i > last;
    m.classList.toggle("here", i === at);
  });
  const before = list.slice(0, at).findLastIndex(m => m.dataset.place !== undefined);
  count(entry.first, entry.first + before);
  draw(list.slice(0, at + 1));
  title(walk.article.querySelector("h3"));
  const rule = "byRule" in list[at].dataset ? all("p.rule:not([hidden])", list[at - 1]) : [];
  find("#said").replaceChildren(...[...rule, ...all("p:not([hidden])", list[at])].map(p => p.cloneNode(true)));
  note(list[at].id);
  detail(list, entry.first, at);
}

// note puts the moment into the address. Browsers limit how often that may be done.
const noted = {timer: 0, at: -Infinity};

function note(id) {
  clearTimeout(noted.timer);
  if (location.hash === "#" + id) return;
  noted.timer = setTimeout(() => {
    noted.at = performance.now();
    history.replaceState(null, "", "#" + id);
  }, Math.max(0, noted.at + 400 - performance.now()));
}

// Whoever goes back or forward leaves the address that was waiting to be changed.
addEventListener("popstate", () => clearTimeout(noted.timer));

// title names the packet above its step. Screen readers announce it when another one begins.
function title(heading) {
  if (find("#at").textContent !== heading.textContent) find("#at").textContent = heading.textContent;
}

// stops reports whether a moment is a stop: the packet is seen there, or ends.
const stops = (m, i, list) => m.dataset.place !== undefined || i === list.length - 1;

// detail shows the details of the last stop that the packet has reached.
async function detail(list, first, at) {
  const stop = list.findLastIndex((m, i) => i <= at && stops(m, i, list));
  const now = walk.now, found = stop >= 0 && await detailOf(first + stop);
  if (walk.now !== now) return;
  find("#details").hidden = !found;
  find("#details > div").replaceChildren(...found ? [found] : []);
  reach(); // last: what was above or below may have changed
}

// linked goes to the moment in the address: #3.4 is the fourth of packet 3. Without one, it goes
// to the beginning.
function linked() {
  const [name, moment] = location.hash.slice(1).split(".");
  const entry = named.get(name);
  if (!name) go(0);
  if (!entry) return false;
  if (entry.background) walk.background = true;
  go(Math.min(entry.last, entry.first + Math.max(0, (Number(moment) || 1) - 1)));
  return true;
}
