// Panes: on a wide window, the packets, the steps and one more are side by side; on a narrow one,
// only the pane that was chosen last is shown.

const wide = matchMedia("(min-width: 64rem)");
const tabs = all("#panes button");
const sides = ["index", "walk"];
const texts = ["task", "answer"]; // which take the place of the steps on the stage

// choose shows a pane.
function choose(id) {
  if (!tabs.some(t => t.dataset.show === id && !t.hidden)) return;
  if (id === "answer") find("#answer").hidden = false;
  document.body.classList.toggle("reading", texts.includes(id));
  walk.front = id;
  if (!sides.includes(id)) walk.pane = id;
  arrange();
}

function arrange() {
  const shown = wide.matches ? [...sides, walk.pane] : [walk.front];
  for (const t of tabs) t.setAttribute("aria-pressed", shown.includes(t.dataset.show));
  for (const p of all("[data-pane]")) p.classList.toggle("shown", shown.includes(p.id));
  reach();
}

// another shows the pane after the current one, or before it.
function another(by) {
  const list = tabs.filter(t => !t.hidden && !(wide.matches && sides.includes(t.dataset.show)));
  const at = list.findIndex(t => t.getAttribute("aria-pressed") === "true");
  if (list.length) choose(list.at((at + by) % list.length).dataset.show);
}

// begun changes from the question to the packets when the walk begins, and back.
function begun(yes) {
  if (document.body.classList.toggle("begun", yes) === walk.begun) return;
  walk.begun = yes;
  if (!yes) return choose("task");
  choose("details");
  choose("rules");
  choose("walk");
}

// tell shows a text. On the stage, the same key leads back to the steps.
function tell(id) {
  const {classList} = document.body;
  if (classList.contains("stage") && classList.contains("reading") && walk.begun && walk.pane === id) return choose("walk");
  choose(id);
}

// reach scrolls each pane to what the step is about.
function reach() {
  const parts = [walk.article && walk.article.querySelector(".here"), !list.classList.contains("long") && walk.row && walk.row.element, all("#rules .this").find(e => e.checkVisibility())];
  for (const e of parts) if (e) e.scrollIntoView({block: "nearest"});
}
