"use strict";
// The picture: a curve with its tangent, or a surface's contour lines; the path over it; overshoots dashed.

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, EDGE, LEFT] = [640, 440, 34, 62]; // LEFT: the left edge, with numbers beside it
const GRID = 100; // cells of the contour lines' grid, each way
const LEVELS = 14;
const WIDEST = 6; // how many times its first size a window may grow to show the path
const SHOWN = 200; // the last steps that are drawn
let drawn = {}; // the contour lines last computed, and what for

function element(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

// The interval with the path in it, but no larger than WIDEST times the given one.
function grown([low, high], values) {
  const [middle, reach] = [(low + high) / 2, ((high - low) / 2) * WIDEST];
  const inside = values.filter((v) => Math.abs(v - middle) <= reach);
  const [from, to] = [Math.min(low, ...inside), Math.max(high, ...inside)];
  const margin = from < low || to > high ? (to - from) * 0.05 : 0;
  return [from - (from < low ? margin : 0), to + (to > high ? margin : 0)];
}

function scaleOf([left, right], [bottom, top]) {
  const across = (x) => LEFT + ((x - left) / (right - left)) * (WIDTH - LEFT - EDGE);
  const up = (y) => HEIGHT - EDGE - ((y - bottom) / (top - bottom)) * (HEIGHT - 2 * EDGE);
  const shows = (x, y) => x >= left && x <= right && y >= bottom && y <= top;
  return { left, right, bottom, top, across, up, shows, place: (x, y) => `${across(x).toFixed(2)},${up(y).toFixed(2)}` };
}

// Both axes of a surface have one scale: only then does every plain step leave its contour line at a right angle.
function square([left, right], [bottom, top]) {
  const [w, h] = [WIDTH - LEFT - EDGE, HEIGHT - 2 * EDGE];
  const unit = Math.max((right - left) / w, (top - bottom) / h);
  const [x, y] = [(left + right) / 2, (bottom + top) / 2];
  return [[x - (unit * w) / 2, x + (unit * w) / 2], [y - (unit * h) / 2, y + (unit * h) / 2]];
}

function drawPicture(place, formula, window, steps) {
  const svg = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" });
  const known = steps.filter(finite);
  const isCurve = window.length === 2;
  const scale = isCurve ? curveScale(formula, window, known) : surfaceScale(window, known);
  axes(svg, scale);
  const clip = element("clipPath", { id: "frame" }, svg);
  element("rect", { x: LEFT, y: EDGE, width: WIDTH - LEFT - EDGE, height: HEIGHT - 2 * EDGE }, clip);
  const inside = element("g", { "clip-path": "url(#frame)" }, svg);
  if (isCurve) curve(inside, formula, scale);
  else contours(inside, formula, scale);
  path(inside, scale, steps, known.length, isCurve);
  place.replaceChildren(svg);
  const last = known.at(-1);
  return !last || scale.shows(last.point[0], isCurve ? last.f : last.point[1]);
}

function curveScale(formula, window, known) {
  const sides = grown(window, known.map((s) => s.point[0]));
  const heights = samples(sides).map((x) => formula.compute(x, 0)[0]).filter(Number.isFinite);
  const sorted = heights.toSorted((a, b) => a - b);
  let [low, high] = [sorted[0] ?? 0, sorted[Math.floor((sorted.length - 1) * 0.98)] ?? 1];
  for (const { point, f } of known) if (point[0] >= sides[0] && point[0] <= sides[1]) [low, high] = [Math.min(low, f), Math.max(high, f)];
  const margin = (high - low) * 0.08 || 1;
  return scaleOf(sides, [low - margin, high + margin]);
}

function surfaceScale([left, right, bottom, top], known) {
  const wide = grown([left, right], known.map((s) => s.point[0]));
  const tall = grown([bottom, top], known.map((s) => s.point[1]));
  return scaleOf(...square(wide, tall));
}

const samples = ([left, right], count = 400) =>
  Array.from({ length: count + 1 }, (_, i) => left + ((right - left) * i) / count);

function curve(parent, formula, scale) {
  let d = "";
  let pen = "M";
  for (const x of samples([scale.left, scale.right])) {
    const f = formula.compute(x, 0)[0];
    if (!Number.isFinite(f) || Math.abs(scale.up(f)) > 1e5) pen = "M";
    else [d, pen] = [`${d}${pen}${scale.place(x, f)}`, "L"];
  }
  element("path", { d, class: "curve" }, parent);
}

// The contour lines, computed once for a function and a window.
function contours(parent, formula, scale) {
  const key = [scale.left, scale.right, scale.bottom, scale.top].join();
  if (drawn.compute !== formula.compute || drawn.key !== key) {
    drawn = { compute: formula.compute, key, lines: contourLines(formula, scale) };
  }
  drawn.lines.forEach((d, k) => {
    element("path", { d, class: "contour", "stroke-opacity": (0.95 - (0.6 * k) / LEVELS).toFixed(2) }, parent);
  });
}

// Through equal shares of the picture, by marching squares.
function contourLines(formula, scale) {
  const xs = samples([scale.left, scale.right], GRID);
  const ys = samples([scale.bottom, scale.top], GRID);
  const heights = ys.map((y) => xs.map((x) => formula.compute(x, y)[0]));
  const sorted = heights.flat().filter(Number.isFinite).toSorted((a, b) => a - b);
  return Array.from({ length: LEVELS }, (_, k) => {
    const share = ((k + 0.5) / LEVELS) ** 1.7; // closer together near the minimum
    const level = sorted[Math.floor(share * (sorted.length - 1))];
    let d = "";
    for (let j = 0; j < GRID; j++) for (let i = 0; i < GRID; i++) d += crossing(xs, ys, heights, i, j, level, scale);
    return d;
  });
}

function crossing(xs, ys, heights, i, j, level, scale) {
  const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
  const h = corners.map(([a, b]) => heights[b][a]);
  if (!h.every(Number.isFinite)) return "";
  const points = [];
  for (let k = 0; k < 4; k++) {
    const [a, b] = [h[k], h[(k + 1) % 4]];
    if (a < level === b < level) continue;
    const share = (level - a) / (b - a);
    const [[ai, aj], [bi, bj]] = [corners[k], corners[(k + 1) % 4]];
    points.push(scale.place(xs[ai] + share * (xs[bi] - xs[ai]), ys[aj] + share * (ys[bj] - ys[aj])));
  }
  return points.length < 2 ? "" : points.map((p, k) => (k % 2 ? "L" : "M") + p).join("");
}

function path(parent, scale, steps, count, isCurve) {
  const at = (step) => [scale.across(step.point[0]), scale.up(isCurve ? step.f : step.point[1])];
  const first = Math.max(0, count - SHOWN);
  for (let t = first + 1; t < count; t++) {
    const [[x1, y1], [x2, y2]] = [at(steps[t - 1]), at(steps[t])];
    element("line", { x1, y1, x2, y2, class: overshot(steps, t) ? "jump over" : "jump" }, parent);
  }
  if (isCurve && count) tangent(parent, scale, steps[count - 1]);
  for (let t = first; t < count; t++) {
    const [cx, cy] = at(steps[t]);
    const kind = t === count - 1 ? "now" : t === 0 ? "start" : "dot";
    element("circle", { cx, cy, r: kind === "dot" ? 3.2 : 6.5, class: kind }, parent);
  }
}

function tangent(parent, scale, { point: [x], f, gradient: [slope] }) {
  const reach = (scale.right - scale.left) * 0.12;
  const [x1, x2] = [scale.across(x - reach), scale.across(x + reach)];
  element("line", { x1, y1: scale.up(f - slope * reach), x2, y2: scale.up(f + slope * reach), class: "tangent" }, parent);
}

function axes(svg, scale) {
  const [w, h] = [WIDTH - LEFT - EDGE, HEIGHT - 2 * EDGE];
  element("rect", { x: LEFT, y: EDGE, width: w, height: h, class: "frame" }, svg);
  for (const x of ticks(scale.left, scale.right)) {
    element("line", { x1: scale.across(x), x2: scale.across(x), y1: EDGE, y2: HEIGHT - EDGE, class: "grid" }, svg);
    element("text", { x: scale.across(x), y: HEIGHT - EDGE + 18, "text-anchor": "middle" }, svg).textContent = shown(x, 4);
  }
  for (const y of ticks(scale.bottom, scale.top)) {
    element("line", { y1: scale.up(y), y2: scale.up(y), x1: LEFT, x2: WIDTH - EDGE, class: "grid" }, svg);
    element("text", { x: LEFT - 6, y: scale.up(y) + 5, "text-anchor": "end" }, svg).textContent = shown(y, 4);
  }
}

function ticks(low, high) {
  const rough = (high - low) / 6;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const unit = [1, 2, 5, 10].map((k) => k * ten).find((k) => k >= rough);
  const first = Math.floor(low / unit) + 1;
  return Array.from({ length: 12 }, (_, i) => (first + i) * unit).filter((v) => v < high - (high - low) * 0.05);
}

// A number as in all our lectures: significant digits, a true minus sign, 1.0×10⁻⁷.
function shown(value, digits = 6) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-4 && size < 1e6)) return String(Number(value.toPrecision(digits))).replace("-", "−");
  const [mantissa, exponent] = value.toExponential(Math.min(digits, 4) - 1).split("e");
  const raised = [...exponent.replace("+", "")].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("");
  return `${mantissa}×10${raised}`.replace("-", "−");
}
