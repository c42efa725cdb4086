"use strict";
// The steps of gradient descent with momentum, as tinygrad_vn's `optim.SGD` takes them:
//   v ← μ·v + g (at the first step v = g),   θ ← θ − η·v

const MOST_STEPS = 1000;
const AT_REST = 1e-6; // length of the gradient
const FAR = 1e12; // where it counts as diverged

// What is known at a point: θ, f, ∇f, and the velocity of the step that led there.
function visited(formula, point, velocity) {
  const [f, ...slopes] = formula.compute(point[0], point[1] ?? 0);
  const gradient = slopes.slice(0, point.length);
  return { point, f, gradient, velocity };
}

function begin(formula, start) {
  return [visited(formula, start, start.map(() => 0))];
}

// One more step, at the end of the list.
function advance(formula, steps, rate, momentum) {
  const now = steps.at(-1);
  const velocity = now.gradient.map((g, i) => (steps.length === 1 ? g : momentum * now.velocity[i] + g));
  const point = now.point.map((p, i) => p - rate * velocity[i]);
  steps.push(visited(formula, point, velocity));
}

const finite = (step) => [...step.point, step.f, ...step.gradient].every(Number.isFinite);
const diverged = (step) => !finite(step) || step.point.some((p) => Math.abs(p) > FAR);
const resting = (step) => Math.hypot(...step.gradient) < AT_REST;

// Whether the step to this point went too far: the gradient there points against the one before.
function overshot(steps, t) {
  if (t === 0) return false;
  const [before, now] = [steps[t - 1].gradient, steps[t].gradient];
  return before.reduce((sum, g, i) => sum + g * now[i], 0) < 0;
}
