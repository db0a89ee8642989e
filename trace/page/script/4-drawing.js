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

// center scrolls a drawing that is larger than its pane, so that the packet and the change are in view.
function center(x, y, changed) {
  set(packet, {cx: x, cy: y});
  const box = find(".drawing"), {width, height} = svg.viewBox.baseVal, scale = Math.min(svg.clientWidth / width, svg.clientHeight / height);
  const w = Math.min(width, box.clientWidth / scale), h = Math.min(height, box.clientHeight / scale);
  const left = Math.max(0, Math.min(x - w / 2, width - w)), top = Math.max(0, Math.min(changed.length ? y - 12 : y - h / 2, height - h));
  if (changed.length) mark(x, {left, right: left + w, bottom: top + h}, changed);
  box.scrollTo(left * scale, top * scale);
}

const set = (element, attributes) => {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
};

// mark writes the fields that changed, before and after, on lines below the boxes, as far as the
// view allows.
function mark(x, view, changed) {
  const [plate, text] = change.children, line = 20, padding = 6;
  text.replaceChildren(...changed.map(p => {
    const range = document.createRange(), part = document.createElementNS(svg.namespaceURI, "tspan");
    range.setStart(p, 0);
    range.setEndAfter(p.querySelector("mark"));
    part.textContent = range.toString();
    return part;
  }));
  const room = view.right - view.left - 2 * padding;
  const longest = size => {
    set(text, {"font-size": size});
    return Math.max(...[...text.children].map(part => part.getComputedTextLength()));
  };
  let length = longest(13);
  if (length > room) length = longest(Math.floor(130 * room / length) / 10);
  const half = length / 2 + padding, high = line * changed.length;
  const middle = Math.max(view.left + half, Math.min(x, view.right - half));
  [...text.children].forEach((part, i) => set(part, {x: middle, y: view.bottom - high + line * (i + .5)}));
  set(plate, {x: middle - half, y: view.bottom - high, width: 2 * half, height: high});
  change.setAttribute("visibility", "visible");
}
