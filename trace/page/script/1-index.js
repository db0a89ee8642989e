"use strict";
// The walk. It has no words and no data of its own: it shows, hides and moves elements of the
// document, as their attributes say. Moments are numbers; 0 is before the first one.

const find = selector => document.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

const walk = {
  now: 0,
  end: Number(document.body.dataset.end),
  masked: "masked" in document.body.dataset,
  background: false,
  entry: undefined, // of the current packet, and its article
  article: null,
  begun: undefined, // whether the walk is past the question
  front: undefined, // the pane chosen last, and the one beside the packets and the steps
  pane: undefined,
};

// An entry of the list is the index of its packet: its name, first and last moment.
const entries = all("#list [data-packet]").map(element => ({
  element,
  name: element.dataset.packet,
  first: Number(element.dataset.moment),
  last: Number(element.lastElementChild.dataset.moment),
  turns: (element.dataset.turns || "").split(" ").filter(Boolean).map(Number),
  matches: true,
}));

// offered returns the entries that the walk visits.
const offered = () => entries.filter(offers);
const offers = e => e.matches && (walk.background || !e.name.startsWith("b"));

// offer shows only these entries in the list.
function offer() {
  for (const e of entries) e.element.classList.toggle("filtered", !offers(e));
}

// entryAt returns the entry of a moment.
function entryAt(moment) {
  let low = 0, high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle].first <= moment) low = middle + 1;
    else high = middle;
  }
  return entries[low - 1];
}
