"use strict";
// The controls: what is set, stepped and said. Whatever is changed starts the descent again.

const { words, choices, lang: firstLanguage } = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const root = document.documentElement;
const PAUSE = 350; // milliseconds between two steps of a run
const RUN = 200; // steps of a run

let lang = firstLanguage;
let formula, steps, rate, momentum, window_, timer;
let left = 0; // steps that a run still has
let problem = null; // what is wrong with the settings

const said = (key, details = {}) =>
  Object.entries(details).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), words[lang][key]);

// --- settings -----------------------------------------------------------------------------------------------------

function choose(index) {
  const choice = choices[index];
  $("formula").value = choice.formula;
  $("rate").value = choice.rate;
  $("momentum").value = choice.momentum;
  $("start-x").value = choice.start[0];
  $("start-y").value = choice.start[1] ?? 0;
  restart();
}

function numberIn(id, isRight, complaint) {
  const text = $(id).value.trim().replace("−", "-").replace(",", ".");
  const value = text === "" ? NaN : Number(text);
  const wrong = !Number.isFinite(value) || !isRight(value);
  $(id).setAttribute("aria-invalid", wrong);
  if (wrong) throw new FormulaError(Number.isFinite(value) ? complaint : "bad number");
  return value;
}

// Read all settings and stand at the start again.
function restart() {
  pause();
  problem = null;
  try {
    $("formula").setAttribute("aria-invalid", "true");
    const read = formulaOf($("formula").value);
    $("formula").setAttribute("aria-invalid", "false");
    const newRate = numberIn("rate", (v) => v > 0, "bad rate");
    const newMomentum = numberIn("momentum", (v) => v >= 0 && v < 1, "bad momentum");
    const names = read.hasY ? ["start-x", "start-y"] : ["start-x"];
    const start = names.map((id) => numberIn(id, () => true));
    [formula, rate, momentum, steps] = [read, newRate, newMomentum, begin(read, start)];
    window_ = windowOf(start);
    if (!finite(steps[0])) problem = { key: "no value" };
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    problem = error;
  }
  complain();
  $("start-y-field").hidden = !formula.hasY;
  follow();
  show();
}

function complain() {
  $("complaint").textContent = problem ? said(problem.key, problem.details) : "";
}

function windowOf(start) {
  const choice = choices.find((one) => one.formula === $("formula").value.trim());
  if (choice) return choice.window;
  return start.flatMap((p) => {
    const reach = Math.max(4, Math.abs(p) * 1.4);
    return [-reach, reach];
  });
}

// Sliders and the list of functions follow what is typed.
function follow() {
  $("rate-slider").value = Math.log10(rate);
  $("momentum-slider").value = momentum;
  const index = choices.findIndex((one) => one.formula === $("formula").value.trim());
  $("function").value = index < 0 ? "own" : index;
}

// --- going ----------------------------------------------------------------------------------------------------------

const over = () => steps.length > MOST_STEPS || diverged(steps.at(-1));

function step() {
  if (!over()) advance(formula, steps, rate, momentum);
  show();
}

function back() {
  pause();
  if (steps.length > 1) steps.pop();
  show();
}

function run() {
  left = RUN;
  timer = setInterval(() => {
    if (over() || resting(steps.at(-1)) || left-- <= 0) pause();
    else step();
  }, PAUSE);
  $("run").setAttribute("aria-pressed", "true");
  label();
}

function pause() {
  clearInterval(timer);
  timer = undefined;
  $("run").setAttribute("aria-pressed", "false");
  label();
}

const runOrPause = () => (timer ? pause() : run());

// --- what is seen ---------------------------------------------------------------------------------------------------

function show() {
  const isInside = drawPicture($("picture"), formula, window_, steps);
  $("back").disabled = steps.length < 2;
  $("step").disabled = $("run").disabled = over();
  const now = steps.at(-1);
  const names = ["x", "y"].slice(0, now.point.length);
  const point = names.map((name, i) => `${name} = ${shown(now.point[i])}`).join(", ");
  const slopes = now.gradient.map((g) => shown(g)).join(", ");
  const t = steps.length - 1;
  const sentences = [said("at", { t, point, f: shown(now.f), g: slopes.includes(",") ? `(${slopes})` : slopes })];
  if (diverged(now)) sentences.push(said("diverges"));
  else {
    if (overshot(steps, t)) sentences.push(said("overshoot"));
    if (resting(now)) sentences.push(said("rests"));
    if (!isInside) sentences.push(said("outside"));
  }
  if (steps.length > MOST_STEPS) sentences.push(said("enough", { n: MOST_STEPS }));
  const count = steps.filter((_, k) => overshot(steps, k)).length;
  if (count) sentences.push(said("overshoots", { n: count }));
  $("status").textContent = sentences.join(" ");
  $("picture").setAttribute("aria-label", `${said("picture")}: f = ${$("formula").value}. ${sentences[0]}`);
  rows(names);
}

// The table; every cell keeps its number with all digits in `data-value`.
function rows(names) {
  const heads = [said("number"), ...names, "f", ...names.map((n) => (names.length > 1 ? `∂f/∂${n}` : "f′")), ...names.map((n) => (names.length > 1 ? `v${n}` : "v"))];
  const cell = (tag, text, value) => {
    const made = document.createElement(tag);
    made.textContent = text;
    if (value !== undefined) made.dataset.value = value;
    if (tag === "th") made.scope = "col";
    return made;
  };
  const head = document.createElement("tr");
  head.append(...heads.map((text) => cell("th", text)));
  $("rows").querySelector("thead").replaceChildren(head);
  const body = $("rows").querySelector("tbody");
  const kept = Number(body.dataset.names === names.join() && steps.length > 1) * Math.min(body.rows.length, steps.length);
  while (body.rows.length > kept) body.lastChild.remove();
  for (let t = kept; t < steps.length; t++) {
    const { point, f, gradient, velocity } = steps[t];
    const row = document.createElement("tr");
    row.classList.toggle("over", overshot(steps, t));
    row.append(cell("td", t, t), ...[...point, f, ...gradient, ...velocity].map((v) => cell("td", shown(v), v)));
    body.append(row);
  }
  body.dataset.names = names.join();
  $("rows").scrollTop = $("rows").scrollHeight;
}

function label() {
  $("run").querySelector("span").textContent = said(timer ? "pause" : "run");
}

function speak(language) {
  lang = root.lang = language;
  document.title = said("title");
  for (const one of document.querySelectorAll("[data-word]")) one.textContent = said(one.dataset.word);
  for (const one of document.querySelectorAll("[data-label]")) one.setAttribute("aria-label", said(one.dataset.label));
  for (const one of document.querySelectorAll("[data-title]")) {
    one.title = said(one.dataset.title);
    one.setAttribute("aria-label", one.title);
  }
  const list = choices.map(({ name, formula: text }, i) => new Option(`${text} · ${said(name)}`, i));
  const chosen = $("function").value;
  $("function").replaceChildren(...list, new Option(said("own"), "own"));
  $("function").value = chosen;
  label();
}

const isDark = () => root.dataset.theme === "dark" || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
const turnTheme = () => (root.dataset.theme = isDark() ? "light" : "dark");
function turnLanguage() {
  speak(lang === "vi" ? "en" : "vi");
  complain();
  show();
}

// --- hands ----------------------------------------------------------------------------------------------------------

$("settings").addEventListener("submit", (event) => event.preventDefault());
$("function").addEventListener("change", () => ($("function").value === "own" ? $("formula").focus() : choose($("function").value)));
for (const id of ["formula", "rate", "momentum", "start-x", "start-y"]) $(id).addEventListener("input", restart);
$("rate-slider").addEventListener("input", () => {
  $("rate").value = Number((10 ** $("rate-slider").value).toPrecision(2));
  restart();
});
$("momentum-slider").addEventListener("input", () => {
  $("momentum").value = $("momentum-slider").value;
  restart();
});
const actions = { step, back, run: runOrPause, reset: restart, theme: turnTheme, language: turnLanguage };
for (const [id, act] of Object.entries(actions)) $(id).addEventListener("click", act);
const keys = { ArrowRight: "step", ArrowLeft: "back", r: "run", Home: "reset", l: "language", t: "theme" };
document.addEventListener("keydown", (event) => {
  const name = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!name || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select")) return;
  event.preventDefault();
  if (!$(name).disabled) actions[name]();
});

speak(lang);
choose(0);
