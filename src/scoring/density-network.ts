import {
  add,
  addOuter,
  dot,
  multiply,
  multiplyEach,
  multiplyTransposed,
  type Matrix,
  type Vector,
} from './linear.js';

const HIDDEN = 32;

/** Weights of the network, all views of one flat array, so that an optimiser sees one vector. */
interface Parameters {
  flat: Vector;
  weights1: Matrix;
  bias1: Vector;
  weights2: Matrix;
  bias2: Vector;
  output: Vector;
  outputBias: Vector;
}

/** Units of one hidden layer at one input: what they give, and the first and second derivative of SiLU there. */
interface Layer {
  sums: Vector;
  out: Vector;
  slope: Vector;
  curvature: Vector;
}

/**
 * f(x, noise): a scalar of a vector and a noise width through two hidden layers of 32 SiLU units, and the gradients
 * that score matching needs, written out: it differentiates the gradient of f by x once more by the weights.
 */
export class DensityNetwork {
  readonly #parameters: Parameters;
  readonly #gradient: Parameters;
  readonly #input: Vector;
  readonly #layer1 = newLayer();
  readonly #layer2 = newLayer();
  /** Gradient of f by the outputs of the two layers, times the slope of their units, and by the input. */
  readonly #down1 = new Float64Array(HIDDEN);
  readonly #down2 = new Float64Array(HIDDEN);
  readonly #arriving1 = new Float64Array(HIDDEN);
  readonly #byInput: Vector;
  /** Gradients of the loss by the quantities above and by the sums of the two layers. */
  readonly #lossByInput: Vector;
  readonly #lossBySums1 = new Float64Array(HIDDEN);
  readonly #lossBySums2 = new Float64Array(HIDDEN);
  readonly #scratch = new Float64Array(HIDDEN);
  readonly #scratch2 = new Float64Array(HIDDEN);

  /** `flat` holds `weightCount(dimensions)` weights and stays shared with the caller. */
  constructor(dimensions: number, flat: Vector) {
    this.#parameters = parametersIn(flat, dimensions);
    this.#gradient = parametersIn(new Float64Array(flat.length), dimensions);
    this.#input = new Float64Array(dimensions + 1);
    this.#byInput = new Float64Array(dimensions + 1);
    this.#lossByInput = new Float64Array(dimensions + 1);
  }

  /** What `learn` has added up; the caller clears it. */
  get gradient(): Vector {
    return this.#gradient.flat;
  }

  value(vector: ArrayLike<number>, noise: number): number {
    const { weights1, bias1, weights2, bias2, output, outputBias } = this.#parameters;
    this.#input.set(vector);
    this.#input[vector.length] = noise;
    activate(weights1, bias1, this.#input, this.#layer1);
    activate(weights2, bias2, this.#layer1.out, this.#layer2);
    return dot(output, this.#layer2.out) + (outputBias[0] ?? 0);
  }

  /**
   * Adds the gradient of noise^2 / 2 * |df/dx - shift / noise^2|^2 * weight at x = vector + shift: the slope of the
   * energy there has to point the way that the noise came.
   */
  learnSlope(vector: ArrayLike<number>, shift: ArrayLike<number>, noise: number, weight: number): void {
    const { weights1, weights2, output } = this.#parameters;
    const grown = this.#gradient;
    this.value(
      Float64Array.from(vector, (x, i) => x + (shift[i] ?? 0)),
      noise,
    );
    const { slope: slope1, curvature: curvature1 } = this.#layer1;
    const { slope: slope2, curvature: curvature2 } = this.#layer2;

    multiplyEach(output, slope2, this.#down2);
    multiplyTransposed(weights2, this.#down2, this.#arriving1);
    multiplyEach(this.#arriving1, slope1, this.#down1);
    multiplyTransposed(weights1, this.#down1, this.#byInput);

    for (let i = 0; i < shift.length; i += 1) {
      const missed = (this.#byInput[i] ?? 0) - (shift[i] ?? 0) / noise ** 2;
      this.#lossByInput[i] = missed * noise ** 2 * weight;
    }
    this.#lossByInput[shift.length] = 0;

    // Back along the gradient's own computation: every weight appears in it, and every sum through its slope.
    addOuter(grown.weights1, this.#down1, this.#lossByInput);
    multiply(weights1, this.#lossByInput, this.#scratch);
    multiplyEach(this.#scratch, this.#arriving1, this.#lossBySums1);
    multiplyEach(this.#lossBySums1, curvature1, this.#lossBySums1);
    multiplyEach(this.#scratch, slope1, this.#scratch);
    addOuter(grown.weights2, this.#down2, this.#scratch);
    multiply(weights2, this.#scratch, this.#scratch2);
    multiplyEach(this.#scratch2, slope2, this.#scratch);
    add(grown.output, this.#scratch);
    multiplyEach(this.#scratch2, output, this.#lossBySums2);
    multiplyEach(this.#lossBySums2, curvature2, this.#lossBySums2);
    this.#backThroughLayers();
  }

  /** Adds the gradient of f^2 / 2 * weight at the vector: the energy of what is normal stays near 0. */
  learnLevel(vector: ArrayLike<number>, noise: number, weight: number): void {
    const { output } = this.#parameters;
    const grown = this.#gradient;
    const error = this.value(vector, noise) * weight;
    grown.outputBias[0] = (grown.outputBias[0] ?? 0) + error;
    this.#scratch.set(this.#layer2.out.map((unit) => unit * error));
    add(grown.output, this.#scratch);
    multiplyEach(output, this.#layer2.slope, this.#lossBySums2);
    for (let i = 0; i < HIDDEN; i += 1) this.#lossBySums2[i] = (this.#lossBySums2[i] ?? 0) * error;
    this.#lossBySums1.fill(0);
    this.#backThroughLayers();
  }

  /** From the loss's gradient by the sums of layer 2, and what there is already by those of layer 1. */
  #backThroughLayers(): void {
    const { weights2 } = this.#parameters;
    const grown = this.#gradient;
    addOuter(grown.weights2, this.#lossBySums2, this.#layer1.out);
    add(grown.bias2, this.#lossBySums2);
    multiplyTransposed(weights2, this.#lossBySums2, this.#scratch);
    multiplyEach(this.#scratch, this.#layer1.slope, this.#scratch);
    add(this.#lossBySums1, this.#scratch);
    addOuter(grown.weights1, this.#lossBySums1, this.#input);
    add(grown.bias1, this.#lossBySums1);
  }
}

function weightCount(dimensions: number): number {
  return HIDDEN * (dimensions + 1) + HIDDEN + HIDDEN * HIDDEN + HIDDEN + HIDDEN + 1;
}

/** Random weights to begin with, scaled by the number of inputs of their units; biases are 0. */
export function initialWeights(dimensions: number, normal: () => number): Vector {
  const flat = new Float64Array(weightCount(dimensions));
  const { weights1, weights2, output } = parametersIn(flat, dimensions);
  for (const { values, columns } of [weights1, weights2, { values: output, columns: HIDDEN }]) {
    for (let i = 0; i < values.length; i += 1) values[i] = normal() / Math.sqrt(columns);
  }
  return flat;
}

function parametersIn(flat: Vector, dimensions: number): Parameters {
  let from = 0;
  const take = (length: number): Vector => flat.subarray(from, (from += length));
  const matrix = (rows: number, columns: number): Matrix => ({ rows, columns, values: take(rows * columns) });
  return {
    flat,
    weights1: matrix(HIDDEN, dimensions + 1),
    bias1: take(HIDDEN),
    weights2: matrix(HIDDEN, HIDDEN),
    bias2: take(HIDDEN),
    output: take(HIDDEN),
    outputBias: take(1),
  };
}

function newLayer(): Layer {
  const zeros = (): Vector => new Float64Array(HIDDEN);
  return { sums: zeros(), out: zeros(), slope: zeros(), curvature: zeros() };
}

/** SiLU: a * s(a) with s the logistic function. */
function activate(weights: Matrix, bias: Vector, input: Vector, layer: Layer): void {
  multiply(weights, input, layer.sums);
  add(layer.sums, bias);
  for (let i = 0; i < HIDDEN; i += 1) {
    const sum = layer.sums[i] ?? 0;
    const s = 1 / (1 + Math.exp(-sum));
    layer.out[i] = sum * s;
    layer.slope[i] = s + sum * s * (1 - s);
    layer.curvature[i] = s * (1 - s) * (2 + sum * (1 - 2 * s));
  }
}
