"use strict";
// A comparison is one walk. A moment is a row with two sides, so both move together. As in the walk
// of one trace, the script has no words and no data of its own.

const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

const walk = {now: 0, end: Number(document.body.dataset.end), masked: true, row: undefined};

// An entry of the list is a packet: its name, its rows, its first and last moment, and the moments
// at which the two sides part.
const entries = all("#list [data-packet]").map(element => ({
  element,
  name: element.dataset.packet,
  article: find(`article[data-packet="${CSS.escape(element.dataset.packet)}"]`),
  first: Number(element.dataset.moment),
  last: Number(element.dataset.last),
  turns: (element.dataset.turns || "").split(" ").filter(Boolean).map(Number),
  matches: true,
}));

const offered = () => entries.filter(e => e.matches);
const entryAt = moment => entries.findLast(e => e.first <= moment);
const rowsOf = entry => all("li", entry.article);

// The mask hides what has not been reached. At the end of the walk there is nothing to hide.
const timed = all("[data-moment]").map(element => ({element, from: Number(element.dataset.moment)}));
const limit = () => walk.masked && walk.now < walk.end ? walk.now : Infinity;

function veil() {
  for (const {element, from} of timed) element.hidden = from > limit();
}
