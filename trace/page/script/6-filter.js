// The filter: words that a packet's text contains, and words after "!" that it must not.

const field = find("#filter input");
let reading; // the packets in chunks: begun when there is a filter, once

function filter() {
  const words = field.value.toLowerCase().split(/\s+/).filter(w => w && w !== "!");
  walk.filtered = words.length > 0;
  walk.changes++;
  for (const e of entries) e.matches = words.every(w => w[0] === "!" ? !has(e, w.slice(1)) : has(e, w));
  offer();
  if (words.length) read().then(late => late && filter());
}

// has reports whether a packet's entry or article contains a word.
function has(entry, word) {
  entry.text ||= entry.element.textContent.toLowerCase();
  const article = articles.get(entry.name);
  if (article) entry.told ||= article.textContent.toLowerCase();
  return entry.text.includes(word) || Boolean(entry.told) && entry.told.includes(word);
}

// read reads the packets in chunks, and lets the browser do other things in between. It returns
// whether there were any that had not been read.
async function read() {
  const late = !walk.read;
  reading ||= readAll();
  await reading;
  return late;
}

async function readAll() {
  const chunks = new Map();
  for (const e of entries) if (e.chunk) chunks.set(e.chunk, [...chunks.get(e.chunk) || [], e]);
  for (const [id, list] of chunks) {
    const content = parsed((await inflate(id)).join("")).children;
    for (const e of list) e.told = content[e.place].textContent.toLowerCase();
    await new Promise(resolve => setTimeout(resolve));
  }
  walk.read = true;
}

field.addEventListener("input", filter);
field.addEventListener("keydown", event => {
  if (event.key === "Escape") field.value = "";
  if (event.key === "Escape" || event.key === "Enter") {
    event.preventDefault();
    filter();
    field.blur();
  }
});
