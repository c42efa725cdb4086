"use strict";
// The page shows one moment of a story at a time: a step of a computation, or an epoch of a training run. All moments
// stand in the JSON below; each says what changes in the picture. Texts only ever go into textContent.

const SVG = "http://www.w3.org/2000/svg";
const SMALLEST = 0.7; // pixels per point: below, numbers cannot be read, and the picture scrolls instead
const SMALL = 1.1; // where it scrolls in one direction only, it is at most as large as this
const READABLE = 0.95; // where it scrolls in both
const LARGEST = 3.2;
const BAR = 12; // pixels: a scroll bar
const SWIPE = 50; // pixels
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
const make = (tag, text, name) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (name) element.className = name;
  return element;
};

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

const RAISED = new Map(Object.entries({ "ᵀ": "T", "ⁱ": "i", "ⁿ": "n", "ᵏ": "k", "ˡ": "l" }));
const LOWERED = new Map(Object.entries({ "ᵢ": "i", "ⱼ": "j", "ₖ": "k", "ₙ": "n" }));
[..."⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾"].forEach((sign, i) => RAISED.set(sign, "0123456789−+()"[i]));
[..."₀₁₂₃₄₅₆₇₈₉₋₊"].forEach((sign, i) => LOWERED.set(sign, "0123456789−+"[i]));
const ABOVE = `[${[...RAISED.keys()].join("")}]+`;
const BELOW = `[${[...LOWERED.keys()].join("")}]+`;
const NUMBER = "(?:−?(?:[\\d.]+(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|∞)|NaN|True|False|—)";
const ROW = `\\[${NUMBER}(?:, ${NUMBER})*\\]`;
const LETTERS = "(?:[^\\P{L}ᵀⁱⁿᵏˡᵢⱼₖₙ]\\p{M}*)+";
const MATRIX = `(?<![^\\s([])(?:\\[${ROW}(?:, ${ROW})*\\]|${ROW})`; // and no index, as in x[0]
const TOKENS = new RegExp(`(${MATRIX}|${ABOVE}|${BELOW}|${LETTERS}(?:_?\\d+(?![\\p{L}\\d_(]))?)`, "u");

// Text as mathematics writes it: single letters in italics, indices lowered, exponents raised, numbers in brackets as
// a matrix. What can be read of it, or copied, stays the same.
function typeset(place, text) {
  const translated = (token, table) => [...token].map((sign) => table.get(sign)).join("");
  text.split(TOKENS).forEach((token, i) => {
    if (!token) return;
    const [, letters, line, digits] = /^(\p{L}[\p{L}\p{M}]*)(_?)(\d+)$/u.exec(token) ?? [];
    if (i % 2 && token.startsWith("[")) place.append(matrix(token));
    else if (RAISED.has(token[0])) raise(place, make("sup", translated(token, RAISED)));
    else if (LOWERED.has(token[0])) place.append(make("sub", translated(token, LOWERED)));
    else if (letters) {
      place.append(oneOf(letters), ...(line ? [make("span", line, "silent")] : []), make("sub", digits));
    } else place.append(/^\p{L}/u.test(token) ? oneOf(token) : token);
  });
  return place;
}

// An exponent; that of a matrix stands at its upper corner.
function raise(place, sup) {
  const base = place.lastChild;
  if (base?.className !== "matrix") return place.append(sup);
  const power = make("span", undefined, "power");
  base.replaceWith(power);
  power.append(base, sup);
}

const oneOf = (letters) => (/^\p{L}\p{M}*$/u.test(letters) ? make("var", letters) : letters);

// [1, 2] and [[1, 2], [3, 4]] in large brackets; the small ones and the commas are there for those who listen.
function matrix(text) {
  const rows = text.replace(/^\[\[|^\[|\]\]$|\]$/g, "").split("], [");
  const ends = text.startsWith("[[") ? ["[[", "]]"] : ["[", "]"];
  const whole = make("span", undefined, "matrix");
  rows.forEach((row, i) => {
    const line = whole.appendChild(make("span"));
    line.append(make("span", i ? "], [" : ends[0], "silent"));
    row.split(", ").forEach((number, k) => {
      const cell = line.appendChild(make("span"));
      if (k) cell.append(make("span", ", ", "silent"));
      typeset(cell, number);
    });
    if (i === rows.length - 1) line.append(make("span", ends[1], "silent"));
  });
  return whole;
}

// A formula in pieces that stay together.
function formula(text) {
  const line = make("p", undefined, "formula");
  for (const piece of text.split(/(?= \+?= )/)) typeset(line.appendChild(make("span")), piece);
  return line;
}

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

// --- moving about -----------------------------------------------------------------------------------------------

function show() {
  const moment = story.moments[at];
  draw(picture, parts, at);
  say($("caption"), at);
  fitCaption();
  fillTable();
  curve();
  follow();
  $("count").textContent = `${moment.mark ?? at + 1} / ${story.moments[last].mark ?? last + 1}`;
  const slider = $("slider");
  slider.max = last + 1;
  slider.value = at + 1;
  slider.setAttribute("aria-valuetext", `${at + 1}: ${moment.heading[lang]}`);
  $("first").disabled = $("back").disabled = at === 0;
  $("next").disabled = $("last").disabled = at === last;
}

function go(k) {
  $("curtain").hidden = true;
  at = Math.max(0, Math.min(last, k));
  show();
  const hash = `#step=${at + 1}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
}

function fromHash() {
  const found = /^#step=(\d+)$/.exec(location.hash);
  go(found ? Number(found[1]) - 1 : at);
}

function speak() {
  root.lang = lang;
  document.title = $("title").textContent = story.title[lang];
  for (const button of document.querySelectorAll("button[data-word]")) {
    const key = button.dataset.key;
    button.title = key ? `${word(button.dataset.word)} (${key})` : word(button.dataset.word);
    button.setAttribute("aria-label", button.title);
  }
  $("language").textContent = word("language");
  $("slider").setAttribute("aria-label", word("step"));
  $("numbers").setAttribute("aria-label", word("table"));
  $("graph").setAttribute("aria-label", story.title[lang]);
  buildTable();
}

const isDark = () =>
  root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

const actions = {
  first: () => go(0),
  back: () => go(at - 1),
  next: () => go(at + 1),
  last: () => go(last),
  blank: () => ($("curtain").hidden = !$("curtain").hidden),
  full: () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.())?.catch(() => {}),
  whole: () => {
    whole = !whole;
    fit();
    follow();
  },
  theme: () => (root.dataset.theme = isDark() ? "light" : "dark"),
  language: () => {
    lang = lang === "vi" ? "en" : "vi";
    speak();
    show();
  },
};

const KEYS = {
  ArrowRight: "next", PageDown: "next", " ": "next", Enter: "next",
  ArrowLeft: "back", PageUp: "back", Backspace: "back",
  Home: "first", End: "last", b: "blank", ".": "blank", f: "full", l: "language", t: "theme", z: "whole",
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isPress = key === " " || key === "Enter";
  if (isPress && event.target.closest?.("button")) return; // the browser presses the button
  const action = key === " " && event.shiftKey ? "back" : key === "Escape" && !$("curtain").hidden ? "blank" : KEYS[key];
  if (!action) return;
  event.preventDefault();
  if (event.repeat && !["next", "back"].includes(action)) return;
  actions[action]();
});

for (const button of document.querySelectorAll("button"))
  button.addEventListener("click", (event) => {
    actions[button.id]();
    if (event.detail) button.blur(); // after a click with the mouse the keys belong to the page again
  });
$("slider").addEventListener("input", () => go(Number($("slider").value) - 1));
$("curtain").addEventListener("click", actions.blank);
addEventListener("hashchange", fromHash);
addEventListener("resize", () => {
  fit();
  fitCaption();
  follow();
});

// A swipe turns the page, except where it scrolls the picture or the table.
let touch = null;
function scrolls(element) {
  const place = element.closest("#graph, #numbers");
  return place !== null && place.scrollWidth > place.clientWidth;
}
addEventListener("touchstart", (event) => {
  const { clientX, clientY } = event.touches[0];
  const isFree = event.touches.length === 1 && event.target !== $("slider") && !scrolls(event.target);
  touch = isFree ? { clientX, clientY } : null;
}, { passive: true });
addEventListener("touchend", (event) => {
  if (!touch) return;
  const { clientX, clientY } = event.changedTouches[0];
  const [dx, dy] = [clientX - touch.clientX, clientY - touch.clientY];
  touch = null;
  if (Math.abs(dx) > SWIPE && Math.abs(dx) > 2 * Math.abs(dy)) (dx < 0 ? actions.next : actions.back)();
}, { passive: true });

// On paper there is a page for every moment. Where the whole picture would be too small to read, it shows the part that
// the moment is about, below the whole.
const PAPER = [785, 380]; // points that a picture has at most
const LEGIBLE = 0.62; // of its size
const CLOSE = 0.9;
const FAR = 0.4;

const isSmall = Math.min(PAPER[0] / wide, PAPER[1] / high) < LEGIBLE;

function partOf(moment) {
  const all = picture.getBoundingClientRect();
  const shown = moment.active.map((id) => parts.get(id)?.getBoundingClientRect()).filter(Boolean);
  if (!shown.length || !all.width || moment.kind === "summary") return null;
  const side = (low, high, start, length, points, paper) => {
    const from = ((Math.min(...shown.map((b) => b[low])) - start) / length) * points;
    const to = ((Math.max(...shown.map((b) => b[high])) - start) / length) * points;
    return { middle: (from + to) / 2, scale: paper / (to - from + 40), points, paper };
  };
  const sides = [
    side("left", "right", all.left, all.width, wide, PAPER[0]),
    side("top", "bottom", all.top, all.height, high, PAPER[1]),
  ];
  const scale = Math.max(FAR, Math.min(CLOSE, ...sides.map((one) => one.scale)));
  const [[x, width], [y, height]] = sides.map(({ middle, points, paper }) => {
    const length = Math.min(paper / scale, points);
    return [Math.max(0, Math.min(middle - length / 2, points - length)), length];
  });
  return [x, y, width, height].map((length) => length.toFixed(1)).join(" ");
}

addEventListener("beforeprint", () => {
  const sheets = story.moments.map((moment, k) => {
    const sheet = make("section", undefined, "sheet");
    const svg = picture.cloneNode(true);
    svg.removeAttribute("style");
    draw(svg, partsOf(svg), k);
    const said = make("div");
    say(said, k);
    sheet.append(make("h1", `${story.title[lang]} · ${moment.mark ?? k + 1} / ${story.moments[last].mark ?? last + 1}`));
    const part = isSmall && partOf(moment);
    if (part) {
      const overview = svg.cloneNode(true);
      overview.classList.add("overview");
      sheet.append(overview);
      svg.setAttribute("viewBox", part);
    }
    sheet.append(svg, said);
    return sheet;
  });
  $("paper").replaceChildren(...sheets);
});
addEventListener("afterprint", () => $("paper").replaceChildren());

speak();
fit();
fromHash();
