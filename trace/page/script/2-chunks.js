// Chunks are HTML, deflated and in base64: rows, packets and details beyond those in the
// document. They consist of blocks, in which a line that the previous block has too is empty, and
// one that occurred earlier is replaced by its number.

async function inflate(id) {
  const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), c => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const seen = [];
  let before = [];
  return (await new Response(stream).text()).split(/\x0c/).map(block => {
    before = block.split("\n").map((line, i) => {
      if (!line) return before[i];
      return line[0] === "=" ? seen[parseInt(line.slice(1), 36)] : seen[seen.push(line) - 1];
    });
    return before.join("\n");
  });
}

// blocks returns the blocks of a chunk, or a promise of them. The chunks used last are kept.
const kept = new Map();

async function blocks(id) {
  const chunk = kept.get(id) || inflate(id);
  kept.delete(id);
  kept.set(id, chunk);
  if (kept.size > 8) kept.delete(kept.keys().next().value);
  return chunk;
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

const articles = new Map(all("article").map(a => [a.dataset.packet, a]));

// articleOf returns the article of a packet, which may be in a chunk.
async function articleOf(entry) {
  if (!entry.chunk) return articles.get(entry.name);
  if (walk.article && walk.article.dataset.packet === entry.name) return walk.article;
  return parsed((await blocks(entry.chunk))[entry.place]).firstElementChild;
}

const detailChunks = all("script[data-to]");

// detailOf returns the details of the stop that ends with a moment, or nothing.
async function detailOf(moment) {
  const chunk = detailChunks.find(s => s.dataset.from <= moment && moment <= Number(s.dataset.to));
  const list = chunk ? await blocks(chunk.id) : [];
  const at = moment => {
    const block = list.find(b => b.match(/data-detail="?(\d+)/)[1] === String(moment));
    return block && parsed(block).firstElementChild;
  };
  const detail = at(moment);
  if (detail && detail.dataset.same) detail.append(unmarked(at(detail.dataset.same).querySelector("div")));
  return detail;
}

// unmarked returns an element in which nothing is marked.
function unmarked(element) {
  for (const m of all("mark", element)) m.replaceWith(...m.childNodes);
  return element;
}

// more adds the rows in chunks, and returns when there are no more.
async function more() {
  for (const s of all("script[id^=list]")) {
    index([...parsed((await blocks(s.id)).join("")).children]);
    kept.delete(s.id);
  }
}
