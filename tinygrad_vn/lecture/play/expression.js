"use strict";
// Formulas as people type them, x^4/4 - x^2 + x/3, as functions that know their derivatives. A formula is cut into
// tokens and read by recursive descent; what is not known here is an error with its place. Every part computes a dual
// number [value, ∂/∂x, ∂/∂y]: the chain rule, carried forward.

const LONGEST = 300; // characters
const DEEPEST = 60; // brackets in brackets

const sigmoid = (v) => 1 / (1 + Math.exp(-v));
// name -> the function, and its derivative from the argument and the value
const FUNCTIONS = {
  sin: [Math.sin, (v) => Math.cos(v)],
  cos: [Math.cos, (v) => -Math.sin(v)],
  tan: [Math.tan, (v, f) => 1 + f * f],
  exp: [Math.exp, (v, f) => f],
  log: [Math.log, (v) => 1 / v],
  ln: [Math.log, (v) => 1 / v],
  sqrt: [Math.sqrt, (v, f) => 0.5 / f],
  abs: [Math.abs, (v) => Math.sign(v)],
  tanh: [Math.tanh, (v, f) => 1 - f * f],
  sigmoid: [sigmoid, (v, f) => f * (1 - f)],
  relu: [(v) => Math.max(v, 0), (v) => (v > 0 ? 1 : 0)],
};
const CONSTANTS = { pi: Math.PI, "π": Math.PI, e: Math.E };
const SIGNS = { "×": "*", "·": "*", "⋅": "*", "÷": "/", "−": "-", "–": "-" };
const RAISED = { "²": 2, "³": 3, "⁴": 4 };
const TOKEN = /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|([a-z]+|π)|(\*\*|[-+*/^()×·⋅÷−–²³⁴]))/iy;

class FormulaError extends Error {
  constructor(key, details = {}) {
    super(key);
    this.key = key;
    this.details = details;
  }
}

function tokensOf(text) {
  if (text.length > LONGEST) throw new FormulaError("too long");
  const tokens = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim()) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) {
      const rest = text.slice(from).trimStart();
      throw new FormulaError("unknown", { what: [...rest][0], place: text.length - rest.length + 1 });
    }
    const place = TOKEN.lastIndex - (match[1] ?? match[2] ?? match[3]).length + 1;
    if (match[1]) tokens.push({ kind: "number", value: Number(match[1]), place });
    else if (match[2]) tokens.push(...named(match[2], place));
    else if (match[3] in RAISED) tokens.push({ kind: "^", place }, { kind: "number", value: RAISED[match[3]], place });
    else tokens.push({ kind: match[3] === "**" ? "^" : SIGNS[match[3]] ?? match[3], place });
  }
  return tokens;
}

// A word is a function, a constant, a variable, or one of them behind variables: xy is x·y.
function named(word, place) {
  const name = word.toLowerCase();
  if (Object.hasOwn(FUNCTIONS, name)) return [{ kind: "function", name, place }];
  if (Object.hasOwn(CONSTANTS, name)) return [{ kind: "number", value: CONSTANTS[name], place }];
  if ("xy".includes(name[0])) {
    const first = { kind: "variable", name: name[0], place };
    return name.length === 1 ? [first] : [first, ...named(word.slice(1), place + 1)];
  }
  throw new FormulaError("unknown", { what: word, place });
}

const add = (a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
const subtract = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const multiply = (a, b) => [a[0] * b[0], a[1] * b[0] + a[0] * b[1], a[2] * b[0] + a[0] * b[2]];
const scaled = (v, slope, a) => [v, a[1] === 0 ? 0 : slope * a[1], a[2] === 0 ? 0 : slope * a[2]];
const apply = ([f, slope], a) => {
  const v = f(a[0]);
  return scaled(v, slope(a[0], v), a);
};
const divide = (a, b) => {
  const v = a[0] / b[0];
  return [v, (a[1] - v * b[1]) / b[0], (a[2] - v * b[2]) / b[0]];
};
const power = (a, b) => {
  const [v, n] = [a[0], b[0]];
  if (b[1] === 0 && b[2] === 0) {
    if (n === 2) return multiply(a, a);
    return scaled(v ** n, n === 0 ? 0 : n * v ** (n - 1), a);
  }
  const f = v ** n;
  const part = (i) => f * (b[i] * Math.log(v) + (a[i] === 0 ? 0 : (n * a[i]) / v));
  return [f, part(1), part(2)];
};
const BINARY = { "+": add, "-": subtract, "*": multiply, "/": divide };

// The formula as a function (x, y) -> [value, ∂f/∂x, ∂f/∂y], and whether y occurs in it.
function formulaOf(text) {
  const tokens = tokensOf(text);
  let at = 0;
  let depth = 0;
  let hasY = false;
  const kind = () => tokens[at]?.kind;
  const unknown = () => {
    const token = tokens[at];
    if (!token) return new FormulaError("ends early");
    return new FormulaError("unknown", { what: token.name ?? String(token.value ?? token.kind), place: token.place });
  };

  function chain(next, signs) {
    let left = next();
    while (signs.includes(kind()) || (signs.includes("*") && startsOperand())) {
      const compute = BINARY[startsOperand() ? "*" : tokens[at++].kind];
      const [a, b] = [left, next()];
      left = (x, y) => compute(a(x, y), b(x, y));
    }
    return left;
  }
  const startsOperand = () => ["number", "variable", "function", "("].includes(kind());
  const sum = () => chain(product, ["+", "-"]);
  const product = () => chain(signed, ["*", "/"]);

  function signed() {
    if (kind() !== "-" && kind() !== "+") return raised();
    const sign = tokens[at++].kind;
    deeper();
    const a = signed();
    depth -= 1;
    return sign === "+" ? a : (x, y) => a(x, y).map((part) => -part);
  }
  function raised() {
    const base = operand();
    if (kind() !== "^") return base;
    at += 1;
    deeper();
    const exponent = signed();
    depth -= 1;
    return (x, y) => power(base(x, y), exponent(x, y));
  }
  function operand() {
    const token = tokens[at];
    if (kind() === "number") return at++, () => [token.value, 0, 0];
    if (kind() === "variable") {
      at += 1;
      hasY ||= token.name === "y";
      return token.name === "x" ? (x) => [x, 1, 0] : (x, y) => [y, 0, 1];
    }
    if (kind() === "function") {
      at += 1;
      if (kind() !== "(") throw new FormulaError("needs bracket", { what: token.name });
      const inside = operand();
      return (x, y) => apply(FUNCTIONS[token.name], inside(x, y));
    }
    if (kind() !== "(") throw unknown();
    at += 1;
    deeper();
    const inside = sum();
    depth -= 1;
    if (kind() !== ")") throw kind() ? unknown() : new FormulaError("bracket", { place: text.length + 1 });
    at += 1;
    return inside;
  }
  function deeper() {
    if (++depth > DEEPEST) throw new FormulaError("too long");
  }

  const compute = sum();
  if (at < tokens.length) throw unknown();
  return { compute, hasY };
}
