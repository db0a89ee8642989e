// The drawing shows the way of the current packet, and the packet on it.

const circles = new Map(all("circle[data-place]").map(c => [c.dataset.place, c]));
const hooks = new Map(all("text[data-hook]").map(t => [t.dataset.hook, t]));
const wires = all("path[data-ends]");
const packet = find("#packet");

// draw draws the way along the moments that a packet has had.
function draw(moments) {
  const places = moments.map(m => m.dataset.place).filter(Boolean);
  const passed = new Set(moments.map(m => m.dataset.hook).filter(Boolean));
  const steps = new Set(places.slice(1).flatMap((p, i) => [`${places[i]} ${p}`, `${p} ${places[i]}`]));
  for (const [place, c] of circles) c.classList.toggle("passed", places.includes(place));
  for (const w of wires) w.classList.toggle("passed", steps.has(w.dataset.ends));
  const at = moments.findLast(m => m.dataset.place || m.dataset.hook);
  for (const [hook, t] of hooks) {
    t.classList.toggle("passed", passed.has(hook));
    t.classList.toggle("here", Boolean(at) && at.dataset.hook === hook);
  }
  packet.classList.toggle("lost", moments.some(m => m.querySelector(".bad.end")));
  packet.setAttribute("visibility", at ? "visible" : "hidden");
  if (at) move(at.dataset);
}

// move puts the packet on a place, or on the edge of the box below the name of a hook.
function move({place, hook}) {
  const c = circles.get(place), t = hooks.get(hook);
  if (c) center(Number(c.getAttribute("cx")), Number(c.getAttribute("cy")));
  if (t) center(Number(t.getAttribute("x")) + Number(t.getAttribute("textLength")) / 2, Number(t.getAttribute("y")) + 20);
}

function center(x, y) {
  packet.setAttribute("cx", x);
  packet.setAttribute("cy", y);
}
