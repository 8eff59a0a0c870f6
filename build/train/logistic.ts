/** One example: buckets (each counts 1/sqrt(count)) and dense inputs (each .5). */
export interface Example {
  buckets: Uint16Array;
  dense: readonly number[];
  attack: boolean;
  /** Says how much the example counts among its class. */
  weight: number;
}

export interface Fitted {
  table: Float64Array;
  dense: Float64Array;
  bias: number;
}

interface Options {
  /** Strength of the data against the prior that all weights are 0; liblinear's C. */
  c: number;
  /** The same for the dense inputs: above 1 lets the rules speak louder. */
  denseScale: number;
  bucketCount: number;
  denseCount: number;
  iterations: number;
}

const softplus = (value: number): number => (value > 0 ? value + Math.log1p(Math.exp(-value)) : Math.log1p(Math.exp(value)));

/**
 * L2-regularised logistic regression with balanced classes, by L-BFGS in double precision. No chance is involved: the same
 * examples in the same order give the same weights, bit by bit, on any machine with IEEE doubles.
 */
export function fit(examples: readonly Example[], options: Options): Fitted {
  const { bucketCount, denseCount, c, denseScale } = options;
  const size = bucketCount + denseCount + 1;
  const totals = { attack: 0, benign: 0 };
  for (const example of examples) totals[example.attack ? "attack" : "benign"] += example.weight;
  const all = totals.attack + totals.benign;
  const costs = examples.map((example) => (c * example.weight * all) / (2 * totals[example.attack ? "attack" : "benign"]));
  const norms = examples.map((example) => (example.buckets.length === 0 ? 0 : 1 / Math.sqrt(example.buckets.length)));
  const denseUnit = 0.5 * denseScale;

  const evaluate = (weights: Float64Array, gradient: Float64Array): number => {
    let loss = 0;
    for (let index = 0; index < size; index++) {
      const weight = index === size - 1 ? 0 : (weights[index] ?? 0);
      gradient[index] = weight;
      loss += 0.5 * weight * weight;
    }
    examples.forEach((example, row) => {
      const norm = norms[row] ?? 0;
      let sum = 0;
      const { buckets } = example;
      for (let index = 0; index < buckets.length; index++) sum += weights[buckets[index] ?? 0] ?? 0;
      let value = sum * norm + (weights[size - 1] ?? 0);
      for (const input of example.dense) value += denseUnit * (weights[bucketCount + input] ?? 0);
      const sign = example.attack ? 1 : -1;
      const cost = costs[row] ?? 0;
      loss += cost * softplus(-sign * value);
      const pull = (-sign * cost) / (1 + Math.exp(sign * value));
      const each = pull * norm;
      for (let index = 0; index < buckets.length; index++) {
        const bucket = buckets[index] ?? 0;
        gradient[bucket] = (gradient[bucket] ?? 0) + each;
      }
      for (const input of example.dense) gradient[bucketCount + input] = (gradient[bucketCount + input] ?? 0) + pull * denseUnit;
      gradient[size - 1] = (gradient[size - 1] ?? 0) + pull;
    });
    return loss;
  };

  const weights = minimise(size, evaluate, options.iterations);
  return {
    table: weights.slice(0, bucketCount),
    dense: weights.slice(bucketCount, bucketCount + denseCount).map((weight) => weight * denseScale),
    bias: weights[size - 1] ?? 0,
  };
}

const dot = (left: Float64Array, right: Float64Array): number => {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
};

/** L-BFGS with eight corrections and a backtracking (Armijo) line search. */
function minimise(size: number, evaluate: (at: Float64Array, gradient: Float64Array) => number, iterations: number): Float64Array {
  let at = new Float64Array(size);
  let gradient = new Float64Array(size);
  let loss = evaluate(at, gradient);
  const memory: { step: Float64Array; change: Float64Array; rho: number }[] = [];
  for (let round = 0; round < iterations; round++) {
    const direction = gradient.map((value) => -value);
    const alphas: number[] = [];
    for (const past of memory.toReversed()) {
      const alpha = past.rho * dot(past.step, direction);
      alphas.push(alpha);
      for (let index = 0; index < size; index++) direction[index] = (direction[index] ?? 0) - alpha * (past.change[index] ?? 0);
    }
    const newest = memory.at(-1);
    const scale = newest === undefined ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1 / (newest.rho * dot(newest.change, newest.change));
    for (let index = 0; index < size; index++) direction[index] = (direction[index] ?? 0) * scale;
    memory.forEach((past, index) => {
      const beta = (alphas[memory.length - 1 - index] ?? 0) - past.rho * dot(past.change, direction);
      for (let at = 0; at < size; at++) direction[at] = (direction[at] ?? 0) + beta * (past.step[at] ?? 0);
    });
    const slope = dot(gradient, direction);
    if (slope >= 0) break;
    let length = 1;
    let next = at;
    let nextGradient = gradient;
    let nextLoss = loss;
    for (let tries = 0; tries < 30; tries++, length /= 2) {
      next = at.map((value, index) => value + length * (direction[index] ?? 0));
      nextGradient = new Float64Array(size);
      nextLoss = evaluate(next, nextGradient);
      if (nextLoss <= loss + 1e-4 * length * slope) break;
    }
    const step = next.map((value, index) => value - (at[index] ?? 0));
    const change = nextGradient.map((value, index) => value - (gradient[index] ?? 0));
    const curvature = dot(step, change);
    if (curvature > 1e-12) memory.push({ step, change, rho: 1 / curvature });
    if (memory.length > 8) memory.shift();
    const gained = loss - nextLoss;
    at = next;
    gradient = nextGradient;
    loss = nextLoss;
    if (gained < 1e-5 * Math.max(1, Math.abs(loss))) break;
  }
  return at;
}
