// Chunks are HTML, deflated and in base64: packets and details beyond those in the document.

const chunks = new Map();

function inflated(id) {
  if (!chunks.has(id)) chunks.set(id, inflate(document.getElementById(id).textContent));
  return chunks.get(id);
}

async function inflate(text) {
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const template = document.createElement("template");
  template.innerHTML = await new Response(stream).text();
  return template.content;
}

const articles = new Map(all("article").map(a => [a.dataset.packet, a]));

// articleOf returns the article of a packet, which may be in a chunk.
async function articleOf(entry) {
  const id = entry.element.dataset.chunk;
  if (id && !articles.has(entry.name)) {
    for (const a of all("article", await inflated(id))) {
      a.hidden = true;
      articles.set(a.dataset.packet, a);
      find("#walk").append(a);
    }
  }
  return articles.get(entry.name);
}

const detailChunks = all("script[data-to]");

// detailOf returns the details of the stop that ends with a moment, or nothing.
async function detailOf(moment) {
  const chunk = detailChunks.find(s => s.dataset.from <= moment && moment <= Number(s.dataset.to));
  const content = chunk && await inflated(chunk.id);
  const at = moment => content.querySelector(`[data-detail="${moment}"]`);
  const detail = content && at(moment);
  if (detail && detail.dataset.same && !detail.querySelector("div")) detail.append(unmarked(at(detail.dataset.same).querySelector("div")));
  return detail;
}

// unmarked returns a copy of an element in which nothing is marked.
function unmarked(element) {
  const copy = element.cloneNode(true);
  for (const m of all("mark", copy)) m.replaceWith(...m.childNodes);
  return copy;
}
