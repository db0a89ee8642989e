// Begin: everything is masked, unless the address says where to go.

document.body.classList.add("walk");
for (const e of all("#controls, #panes, #filter")) e.hidden = false;
for (const p of all("[data-pane]")) p.tabIndex = 0; // it scrolls
for (const a of articles.values()) a.hidden = true;
if (walk.masked && find("#answer")) find("#answer").hidden = true;
addEventListener("hashchange", linked);
wide.addEventListener("change", arrange);
list.tabIndex = 0; // it scrolls
const complete = more();
if (!linked()) {
  go(0);
  complete.then(linked);
}
complete.then(offer);
