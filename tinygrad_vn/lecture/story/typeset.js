"use strict";
// Text as mathematics writes it, as elements of a page. What can be read of a formula, or copied, stays the same; texts
// only ever go into textContent.

const make = (tag, text, name) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (name) element.className = name;
  return element;
};

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

// Single letters in italics, indices lowered, exponents raised, numbers in brackets as a matrix.
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
