"use strict";
// Moving about in the story: buttons, keys, swipes, the slider, and the address, which names the step. At the end is
// the story on paper.

const SWIPE = 50; // pixels

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

// --- on paper ---------------------------------------------------------------------------------------------------

// There is a sheet for every moment. Where the whole picture would be too small to read, it shows the part that
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
