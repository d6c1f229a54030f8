import { gaussian, type Random } from './random';

/** The widths of the network. */
export interface PolicyShape {
  readonly features: number;
  readonly hidden: number;
  readonly tokens: number;
}

/** Where a layer's weights (one row per output) and biases begin. */
interface Layer {
  readonly weights: number;
  readonly bias: number;
}

/** What one forward pass leaves behind for the backward pass. Overwritten by the next one. */
interface Activations {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly probabilities: Float64Array;
}

/**
 * The policy: a multi-layer perceptron with two hidden layers (ReLU) and a softmax over the next token. Its input is the
 * list of features that are 1, so the first layer is a sum of rows. All parameters lie in one array:
 * input rows, first bias, second layer, second bias, output layer, output bias.
 */
export class Policy {
  readonly parameters: Float64Array;
  /** The gradient of the loss, summed by `accumulateGradient` until `gradient.fill(0)`. */
  readonly gradient: Float64Array;
  private readonly inputBias: number;
  private readonly middle: Layer;
  private readonly output: Layer;
  private readonly activations: Activations;
  private readonly backward: { readonly first: Float64Array; readonly second: Float64Array };

  constructor(private readonly shape: PolicyShape) {
    const { features, hidden, tokens } = shape;
    this.inputBias = features * hidden;
    const weights = this.inputBias + hidden;
    this.middle = { weights, bias: weights + hidden * hidden };
    const outputWeights = this.middle.bias + hidden;
    this.output = { weights: outputWeights, bias: outputWeights + hidden * tokens };
    const count = this.output.bias + tokens;
    this.parameters = new Float64Array(count);
    this.gradient = new Float64Array(count);
    this.activations = { first: new Float64Array(hidden), second: new Float64Array(hidden), probabilities: new Float64Array(tokens) };
    this.backward = { first: new Float64Array(hidden), second: new Float64Array(hidden) };
  }

  /** Draws fresh weights (He initialisation); biases start at 0. `activeFeatures`: how many features are 1 at a time. */
  initialise(random: Random, activeFeatures: number): void {
    const { hidden } = this.shape;
    const draw = (from: number, to: number, fanIn: number): void => {
      for (let i = from; i < to; i++) this.parameters[i] = gaussian(random) * Math.sqrt(2 / fanIn);
    };
    this.parameters.fill(0);
    draw(0, this.inputBias, activeFeatures);
    draw(this.middle.weights, this.middle.bias, hidden);
    draw(this.output.weights, this.output.bias, hidden);
  }

  /** The probabilities of the next token. The array is overwritten by the next call. */
  nextToken(active: readonly number[]): Float64Array {
    const { hidden } = this.shape;
    const { first, second, probabilities } = this.activations;
    const w = this.parameters;
    for (let h = 0; h < hidden; h++) first[h] = w[this.inputBias + h]!;
    for (const feature of active) {
      const row = feature * hidden;
      for (let h = 0; h < hidden; h++) first[h]! += w[row + h]!;
    }
    rectify(first);
    dense(w, this.middle, first, second);
    rectify(second);
    dense(w, this.output, second, probabilities);
    softmax(probabilities);
    return probabilities;
  }

  /**
   * Adds the gradient of the sum over tokens of `-weights[token] * log p(token)` in this context: cross-entropy for a
   * weight of 1, a policy gradient when the weights are advantages.
   */
  accumulateGradient(active: readonly number[], weights: Float64Array): void {
    const logitGradient = this.nextToken(active);
    let total = 0;
    for (let t = 0; t < weights.length; t++) total += weights[t]!;
    for (let t = 0; t < logitGradient.length; t++) logitGradient[t] = logitGradient[t]! * total - weights[t]!;
    const { first, second } = this.activations;
    this.denseBackward(this.output, second, logitGradient, this.backward.second);
    this.denseBackward(this.middle, first, this.backward.second, this.backward.first);
    this.inputBackward(active);
  }

  private denseBackward(layer: Layer, input: Float64Array, outputGradient: Float64Array, inputGradient: Float64Array): void {
    inputGradient.fill(0);
    for (let o = 0; o < outputGradient.length; o++) {
      const upstream = outputGradient[o]!;
      if (upstream === 0) continue;
      this.gradient[layer.bias + o]! += upstream;
      const row = layer.weights + o * input.length;
      for (let i = 0; i < input.length; i++) {
        this.gradient[row + i]! += upstream * input[i]!;
        inputGradient[i]! += upstream * this.parameters[row + i]!;
      }
    }
    // The derivative of the ReLU that made `input`.
    for (let i = 0; i < input.length; i++) if (input[i] === 0) inputGradient[i] = 0;
  }

  private inputBackward(active: readonly number[]): void {
    const { hidden } = this.shape;
    const upstream = this.backward.first;
    for (const base of [this.inputBias, ...active.map((feature) => feature * hidden)]) {
      for (let h = 0; h < hidden; h++) this.gradient[base + h]! += upstream[h]!;
    }
  }
}

function dense(w: Float64Array, layer: Layer, input: Float64Array, output: Float64Array): void {
  for (let o = 0; o < output.length; o++) {
    const row = layer.weights + o * input.length;
    let sum = w[layer.bias + o]!;
    for (let i = 0; i < input.length; i++) sum += w[row + i]! * input[i]!;
    output[o] = sum;
  }
}

function rectify(values: Float64Array): void {
  for (let i = 0; i < values.length; i++) if (values[i]! < 0) values[i] = 0;
}

function softmax(values: Float64Array): void {
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) max = Math.max(max, values[i]!);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] = Math.exp(values[i]! - max);
  for (let i = 0; i < values.length; i++) values[i]! /= sum;
}
