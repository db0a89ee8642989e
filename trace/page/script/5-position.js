// The position of the walk. A moment of the current packet is an item of its article.

const moments = () => all("li", walk.article);

// go shows a moment, once its packet is there. The latest call wins.
async function go(moment) {
  walk.now = moment;
  const entry = entryAt(moment);
  const article = entry && await articleOf(entry);
  if (walk.now !== moment) return;
  if (walk.article) walk.article.hidden = true;
  walk.article = article || null;
  show(entry);
}

// show brings the document to the position.
function show(entry) {
  veil(always);
  begun(Boolean(entry) || !walk.masked);
  if (walk.entry) walk.entry.element.removeAttribute("aria-current");
  walk.entry = entry;
  if (!entry) {
    count(0, 0);
    draw([]);
    return;
  }
  walk.article.hidden = false;
  if (entry.element.dataset.chunk) veil(timed(walk.article));
  const list = moments(), at = walk.now - entry.first;
  list.forEach((m, i) => {
    m.hidden = entry.first + i > limit();
    m.classList.toggle("here", i === at);
  });
  const before = list.slice(0, at).findLastIndex(m => m.dataset.place !== undefined);
  count(entry.first, entry.first + before);
  draw(list.slice(0, at + 1));
  entry.element.setAttribute("aria-current", "step");
  entry.element.scrollIntoView({block: "nearest"});
  title(walk.article.querySelector("h3"));
  find("#said").replaceChildren(...all("p:not([hidden])", list[at]).map(p => p.cloneNode(true)));
  history.replaceState(null, "", "#" + list[at].id);
  detail(list, entry.first, at);
}

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
  find("#details > div").replaceChildren(...found ? [found.cloneNode(true)] : []);
  reach(); // last: what was above or below may have changed
}

// linked goes to the moment in the address: #3.4 is the fourth of packet 3.
function linked() {
  const [name, moment] = location.hash.slice(1).split(".");
  const entry = entries.find(e => e.name === name);
  if (!entry) return false;
  if (name.startsWith("b")) walk.background = true;
  go(Math.min(entry.last, entry.first + Math.max(0, (Number(moment) || 1) - 1)));
  return true;
}
