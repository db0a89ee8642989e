// The filter: words that a packet's text contains, and words after "!" that it must not.

const field = find("#filter input");

function filter() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const e of entries) {
    const text = [e.element, articles.get(e.name)].map(x => x ? x.textContent : "").join(" ").toLowerCase();
    e.matches = words.every(w => w[0] === "!" ? w === "!" || !text.includes(w.slice(1)) : text.includes(w));
  }
  offer();
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

// Begin: everything is masked, unless the address says where to go.

document.body.classList.add("walk");
for (const e of all("#controls, #panes, #filter")) e.hidden = false;
for (const p of all("[data-pane]")) p.tabIndex = 0; // it scrolls
for (const a of articles.values()) a.hidden = true;
if (walk.masked && find("#answer")) find("#answer").hidden = true;
addEventListener("hashchange", linked);
wide.addEventListener("change", arrange);
if (!linked()) go(0);
offer();
