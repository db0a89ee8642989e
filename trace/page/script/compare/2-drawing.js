// The drawings: each shows the way of its side's packet, and the packet on it.

const drawings = all("#networks svg").map(svg => ({
  circles: new Map(all("circle[data-place]", svg).map(c => [c.dataset.place, c])),
  hooks: new Map(all("text[data-hook]", svg).map(t => [t.dataset.hook, t])),
  wires: all("path[data-ends]", svg),
  packet: find(".packet", svg),
}));

// draw draws both ways along the rows that the packet has had.
function draw(rows) {
  drawings.forEach((d, side) => way(d, rows.map(r => all(".side", r)[side])));
}

function way(d, moments) {
  const places = moments.map(m => m.dataset.place).filter(Boolean);
  const passed = new Set(moments.map(m => m.dataset.hook).filter(Boolean));
  const steps = new Set(places.slice(1).flatMap((p, i) => [`${places[i]} ${p}`, `${p} ${places[i]}`]));
  for (const [place, c] of d.circles) c.classList.toggle("passed", places.includes(place));
  for (const w of d.wires) w.classList.toggle("passed", steps.has(w.dataset.ends));
  const at = moments.findLast(m => m.dataset.place || m.dataset.hook);
  for (const [hook, t] of d.hooks) {
    t.classList.toggle("passed", passed.has(hook));
    t.classList.toggle("here", Boolean(at) && at.dataset.hook === hook);
  }
  d.packet.classList.toggle("lost", moments.some(m => find(".bad.end", m)));
  d.packet.setAttribute("visibility", at ? "visible" : "hidden");
  if (at) move(d, at.dataset);
}

// move puts the packet on a place, or on the edge of the box below the name of a hook.
function move(d, {place, hook}) {
  const number = (element, name) => Number(element.getAttribute(name));
  const c = d.circles.get(place), t = d.hooks.get(hook);
  const [x, y] = c ? [number(c, "cx"), number(c, "cy")] : t ? [number(t, "x") + number(t, "textLength") / 2, number(t, "y") + 20] : [];
  if (x === undefined) return;
  d.packet.setAttribute("cx", x);
  d.packet.setAttribute("cy", y);
}
