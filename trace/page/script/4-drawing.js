// The drawing shows the way of the current packet, the packet on it, and what has just changed.

const circles = new Map(all("circle[data-place]").map(c => [c.dataset.place, c]));
const hooks = new Map(all("text[data-hook]").map(t => [t.dataset.hook, t]));
const wires = all("path[data-ends]");
const svg = find("svg"), packet = find("#packet"), change = find("#change");

// draw draws the way along the moments that a packet has had.
function draw(moments) {
  const places = moments.map(m => m.dataset.place).filter(Boolean);
  const passed = new Set(moments.map(m => m.dataset.hook).filter(Boolean));
  const rewrote = new Set(moments.filter(m => changes(m).length).map(m => m.dataset.hook));
  const steps = new Set(places.slice(1).flatMap((p, i) => [`${places[i]} ${p}`, `${p} ${places[i]}`]));
  for (const [place, c] of circles) c.classList.toggle("passed", places.includes(place));
  for (const w of wires) w.classList.toggle("passed", steps.has(w.dataset.ends));
  const at = moments.findLast(m => m.dataset.place || m.dataset.hook);
  for (const [hook, t] of hooks) {
    t.classList.toggle("passed", passed.has(hook));
    t.classList.toggle("rewrote", rewrote.has(hook));
    t.classList.toggle("here", Boolean(at) && at.dataset.hook === hook);
  }
  packet.classList.toggle("lost", moments.some(m => m.querySelector(".bad.end")));
  packet.setAttribute("visibility", at ? "visible" : "hidden");
  change.setAttribute("visibility", "hidden");
  if (at) move(at.dataset, changes(moments.at(-1)));
}

// changes returns the lines of a moment that are about a field that changed.
const changes = moment => all("p:not([hidden]) > b + mark", moment).map(mark => mark.parentElement);

// move puts the packet on a place, or on the edge of the box below the name of a hook.
function move({place, hook}, changed) {
  const c = circles.get(place), t = hooks.get(hook);
  if (c) center(Number(c.getAttribute("cx")), Number(c.getAttribute("cy")), changed);
  if (t) center(Number(t.getAttribute("x")) + Number(t.getAttribute("textLength")) / 2, Number(t.getAttribute("y")) + 20, changed);
}

function center(x, y, changed) {
  set(packet, {cx: x, cy: y});
  if (changed.length) mark(x, y + 21, changed);
  const box = find(".drawing"), scale = svg.clientWidth / svg.viewBox.baseVal.width;
  box.scrollTo(x * scale - box.clientWidth / 2, y * scale - box.clientHeight / 2);
}

const set = (element, attributes) => {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
};

// mark writes the field that changed, before and after, below the packet.
function mark(x, y, changed) {
  const [plate, text] = change.children;
  text.textContent = changed.map(p => {
    const range = document.createRange();
    range.setStart(p, 0);
    range.setEndAfter(p.querySelector("mark"));
    return range.toString();
  }).join("  ");
  const length = text.getComputedTextLength() + 12;
  const middle = Math.max(length / 2, Math.min(x, svg.viewBox.baseVal.width - length / 2));
  set(text, {x: middle, y});
  set(plate, {x: middle - length / 2, y: y - 10, width: length});
  change.setAttribute("visibility", "visible");
}
