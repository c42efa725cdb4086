"use strict";
// The page shows one moment of a story at a time: a step of a computation, or an epoch of a training run. All moments
// stand in the page's JSON; each says what changes in the picture. Here is what the panels show at moment `at`: the
// picture, what is said, the table of numbers, and the loss. `player.js` moves about.

const SVG = "http://www.w3.org/2000/svg";
const SMALLEST = 0.7; // pixels per point: below, numbers cannot be read, and the picture scrolls instead
const SMALL = 1.1; // where it scrolls in one direction only, it is at most as large as this
const READABLE = 0.95; // where it scrolls in both
const LARGEST = 3.2;
const BAR = 12; // pixels: a scroll bar
const WIDEST = 4; // numbers side by side in the table
const LONG = 16; // letters of a name that the table may break
const LONGEST = 40; // of a name that it shortens

const story = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const root = document.documentElement;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let lang = story.lang;
let at = 0;
let whole = false; // whether the picture is shown whole, however small

const last = story.moments.length - 1;
const word = (key) => story.words[lang][key];

// What is known at each moment: the changes, added up.
const known = [];
for (const { now } of story.moments) {
  const before = known.at(-1) ?? {};
  const numbers = { ...before };
  for (const id in now) numbers[id] = { ...before[id], ...now[id] };
  known.push(numbers);
}

// --- the picture ------------------------------------------------------------------------------------------------

const partsOf = (svg) => new Map([...svg.querySelectorAll("[data-part]")].map((g) => [g.dataset.part, g]));

function draw(svg, parts, k) {
  const moment = story.moments[k];
  const active = new Set(moment.active);
  const arrows = new Set(moment.arrows.map((position) => `e${position}`));
  const way = moment.kind === "backward" ? "back" : "forth";
  for (const [id, g] of parts) {
    g.classList.toggle("active", active.has(id));
    g.classList.toggle("back", arrows.has(id) && way === "back");
    g.classList.toggle("forth", arrows.has(id) && way === "forth");
    g.classList.toggle("early", k < (story.labels[id] ?? 0));
  }
  for (const box of story.boxes) {
    const g = parts.get(box.id);
    if (!g) continue;
    for (const kind of ["value", "gradient"]) {
      const texts = known[k][box.id]?.[kind];
      g.querySelectorAll(`[data-n=${kind}]`).forEach((text, i) => (text.textContent = texts?.[i] ?? "—"));
    }
    titled(g).textContent = spoken(box, k);
  }
  for (const text of svg.querySelectorAll("[data-w]")) text.textContent = story.said_in_picture[lang][text.dataset.w];
  svg.querySelector(":scope > title").textContent = story.title[lang];
  svg.querySelector(":scope > desc").textContent = story.description[lang];
}

function titled(g) {
  let title = g.querySelector(":scope > title");
  if (!title) g.prepend((title = document.createElementNS(SVG, "title")));
  return title;
}

// What the mouse is told about a box.
function spoken(box, k) {
  const lines = [box.name ?? "", word(box.role)];
  if (box.value) lines.push(`${word("value")} = ${written(box, known[k][box.id]?.value)}`);
  if (box.gradient) lines.push(`${word("grad")} = ${written(box, known[k][box.id]?.gradient)}`);
  return lines.filter(Boolean).join("\n");
}

// An array on one line: [[1, 2], [3, 4]]; of a large one, what sums it up.
function written(box, texts) {
  if (!texts) return "—";
  if (box.summary) {
    const facts = ["min", "mean", "max", "norm"].map((key, i) => `${word(key)} ${texts[i]}`);
    return `${box.shape.join("×")}: ${facts.join(", ")}`;
  }
  const rest = [...texts];
  if (rest.length === 1) return rest[0];
  const nested = (shape) =>
    shape.length ? `[${Array.from({ length: shape[0] }, () => nested(shape.slice(1))).join(", ")}]` : rest.shift();
  return nested(box.shape);
}

const picture = $("graph").querySelector("svg");
const parts = partsOf(picture);
const [, , wide, high] = picture.getAttribute("viewBox").split(/\s+/).map(Number);

// As large as there is room for, but never so small that nobody can read it.
function fit() {
  const { clientWidth, clientHeight } = $("graph");
  const [across, down] = [clientWidth / wide, (clientHeight - BAR) / high];
  const room = Math.min(across, down, LARGEST);
  const roomy = Math.max(across, down) < SMALLEST ? READABLE : Math.min(Math.max(across, down), SMALL);
  const scale = whole ? room : Math.max(room, roomy);
  picture.style.width = `${Math.floor(wide * scale)}px`;
  picture.style.height = `${Math.floor(high * scale)}px`;
}

// Where the picture scrolls, what it is about comes into the middle.
function follow() {
  const graph = $("graph");
  if (graph.scrollWidth <= graph.clientWidth && graph.scrollHeight <= graph.clientHeight) return;
  const active = [...parts.values()].filter((g) => g.classList.contains("active"));
  if (!active.length || story.moments[at].kind === "summary") return;
  const centre = active.find((g) => /^(op|g)/.test(g.dataset.part)) ?? active[0];
  const here = graph.getBoundingClientRect();
  const by = (low, high, room) => {
    const all = active.map((g) => g.getBoundingClientRect());
    const [from, to] = [Math.min(...all.map((b) => b[low])), Math.max(...all.map((b) => b[high]))];
    const { [low]: one, [high]: other } = centre.getBoundingClientRect(); // where not all has room, the operation has
    return (to - from < room ? from + to : one + other) / 2 - here[low] - room / 2;
  };
  graph.scrollBy({
    left: by("left", "right", graph.clientWidth),
    top: by("top", "bottom", graph.clientHeight),
    behavior: calm.matches ? "auto" : "smooth",
  });
}

// --- what is said, and the table --------------------------------------------------------------------------------

const formulasOf = (moment) => moment.formulas[lang] ?? moment.formulas;

function say(place, k) {
  const moment = story.moments[k];
  place.className = moment.kind;
  place.replaceChildren(make("h2", moment.heading[lang]), ...formulasOf(moment).map(formula));
}

// The letters shrink until all of it has room; beyond that it scrolls.
function fitCaption() {
  const caption = $("caption");
  for (let size = 1; size > 0.5; size -= 0.05) {
    caption.style.setProperty("--size", size.toFixed(2));
    if (caption.scrollHeight <= caption.clientHeight && caption.scrollWidth <= caption.clientWidth) return;
  }
}

// A name that has room in a column.
const shortened = (name) => ([...name].length > LONGEST ? `${[...name].slice(0, LONGEST - 1).join("")}…` : name);

const rows = new Map();

function buildTable() {
  const heads = [word("name"), word("role"), word("value"), word("grad")];
  const table = $("numbers").querySelector("table");
  const head = make("tr");
  head.append(...heads.map((text) => Object.assign(make("th", text), { scope: "col" })));
  const isShown = ({ name, role }) => name !== null && (!story.curve || ["parameter", "loss"].includes(role));
  const body = story.boxes.filter(isShown).map((box) => {
    const row = make("tr");
    const named = typeset(Object.assign(make("th"), { scope: "row" }), shortened(box.name));
    if (box.name.length > LONG) Object.assign(named, { title: box.name, className: "long" });
    row.append(named, make("td", word(box.role)));
    row.append(make("td", "", "value"), make("td", "", "gradient"));
    rows.set(box, row);
    return row;
  });
  table.tHead.replaceChildren(head);
  table.tBodies[0].replaceChildren(...body);
}

function fillTable() {
  const { now, active } = story.moments[at];
  let first = null;
  for (const [box, row] of rows) {
    const numbers = known[at][box.id];
    for (const [cell, kind] of [[2, "value"], [3, "gradient"]]) {
      const text = box[kind] ? written(box, numbers?.[kind]) : "—";
      row.cells[cell].textContent = (box.shape.at(-1) ?? 1) > WIDEST ? text : ""; // on several lines
      if (!row.cells[cell].textContent) typeset(row.cells[cell], text);
      row.cells[cell].classList.toggle("new", at > 0 && Boolean(now[box.id]?.[kind]));
    }
    const isActive = active.includes(box.id);
    row.classList.toggle("active", isActive);
    if (isActive) first ??= row;
  }
  const place = $("numbers");
  if (first && story.moments[at].kind !== "summary") place.scrollTop = first.offsetTop - place.clientHeight / 3;
}

// --- the loss of every epoch ------------------------------------------------------------------------------------

const [LEFT, RIGHT, TOP, BOTTOM] = [34, 224, 20, 84];

function curve() {
  const place = $("curve");
  if (!story.curve) return;
  const { x: below, y: beside } = story.axes;
  const numbers = [...story.curve.filter((loss) => loss !== null), ...beside.map(([loss]) => loss)];
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const x = (k) => (last ? LEFT + ((RIGHT - LEFT) * k) / last : (LEFT + RIGHT) / 2);
  const y = (loss) => (high > low ? BOTTOM - ((BOTTOM - TOP) * (loss - low)) / (high - low) : (TOP + BOTTOM) / 2);
  const piece = (tag, attributes) => {
    const element = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const written = (text, attributes) => {
    const element = piece("text", attributes);
    element.textContent = text;
    return element;
  };
  const svg = piece("svg", { viewBox: "0 0 240 108", "aria-hidden": "true" });
  svg.append(piece("path", { class: "axis", d: `M${LEFT} ${TOP - 6}V${BOTTOM}H${RIGHT + 6}` }));
  for (const [loss, text] of beside) {
    svg.append(piece("path", { class: "grid", d: `M${LEFT - 3} ${y(loss)}H${RIGHT + 6}` }));
    svg.append(written(text, { x: LEFT - 5, y: y(loss) + 3, "text-anchor": "end" }));
  }
  for (const [k, text] of below) {
    svg.append(piece("path", { class: "axis", d: `M${x(k)} ${BOTTOM}v3` }));
    svg.append(written(text, { x: x(k), y: BOTTOM + 11, "text-anchor": "middle" }));
  }
  let line = "";
  story.curve.forEach((loss, k) => {
    if (loss !== null) line += `${line && story.curve[k - 1] !== null ? "L" : "M"}${x(k).toFixed(2)} ${y(loss).toFixed(2)}`;
  });
  svg.append(piece("path", { class: "line", d: line }));
  if (story.curve[at] !== null) svg.append(piece("circle", { cx: x(at), cy: y(story.curve[at]), r: 4 }));
  svg.append(written(word("curve"), { x: LEFT - 3, y: TOP - 10 }));
  svg.append(written(word("epoch"), { x: (LEFT + RIGHT) / 2, y: BOTTOM + 21, "text-anchor": "middle" }));
  place.replaceChildren(svg);
}
