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
  filtered: false,
  changes: 0, // of the filter, and of runs
  read: false, // all packets, for the filter
  busy: false, // until the last step is on the screen
  entry: undefined, // of the current packet, and its article
  article: null,
  row: undefined, // of the list, that shows it
  begun: undefined, // whether the walk is past the question
  front: undefined, // the pane chosen last, and the one beside the packets and the steps
  pane: undefined,
};

// The rows of the list: packets, runs that may be folded, and texts about requests. Those of
// packets are also entries: the index of the trace.
const rows = [], entries = [];
const named = new Map(), rowOf = new Map(); // entries by name, rows by element
const indexed = {runs: [], chunks: new Map()}; // so far: the runs that have not ended, and the packets in each chunk

// index adds rows. They are taken out of the document, which has only those in view.
function index(elements) {
  for (const element of elements) {
    const {moment, packet, run, listed} = element.dataset;
    const row = {element, from: Number(moment), listed};
    if (packet) indexEntry(row, packet, element.dataset);
    if (run) {
      Object.assign(row, {run: run.split(" "), opened: false});
      indexed.runs.push(row);
    }
    element.hidden = false;
    element.remove();
    rows.push(row);
    rowOf.set(element, row);
  }
}

const numbers = text => (text || "").split(" ").filter(Boolean).map(Number);

function indexEntry(row, name, {turns, about, chunk}) {
  Object.assign(row, {
    name, chunk, index: entries.length, background: name.startsWith("b"), matches: true, runs: [],
    first: row.from, last: Number(row.element.lastElementChild.dataset.moment), turns: numbers(turns), about: numbers(about),
    place: indexed.chunks.get(chunk) || 0, // in the chunk
  });
  indexed.chunks.set(chunk, row.place + 1);
  entries.push(row);
  named.set(name, row);
  if (row.background) return;
  for (const r of indexed.runs) {
    r.first ||= row;
    r.last = row;
    row.runs.push(r);
  }
  indexed.runs = indexed.runs.filter(r => r.run[1] !== name);
}

// listed reports whether a row belongs to the list, with or without packets in the background.
const listed = row => !row.listed || (row.listed === "with") === walk.background;

// runOf returns the run that a packet is in, if any, and folded returns it unless it is opened.
const runOf = entry => entry.runs.find(listed);
const folded = entry => walk.filtered || !entry.runs.length ? undefined : entry.runs.find(r => !r.opened && listed(r));

// offers reports whether the walk visits an entry.
const offers = e => e.matches && (walk.background || !e.background);
const offered = () => entries.filter(offers);

// enter returns the moment at which the walk comes to a packet: a folded run is one step.
const enter = entry => folded(entry) ? folded(entry).last.last : entry.first;

// entryAt returns the entry of a moment.
const entryAt = moment => entries[leading(entries, e => e.first <= moment) - 1];

// leading returns how many elements of a list, from the first, have a property. Later ones do not.
function leading(list, has) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (has(list[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}
