import { countBefore } from '../../core/ordered';

/** One value for each of a run's steps, in step order. What happens near the end, where a run grows, is cheap. */
export class StepSequence<Value extends { readonly step: number }> {
  private values: Value[] = [];

  /** A sequence of values in step order, which it takes over. */
  static of<Value extends { readonly step: number }>(values: Value[]): StepSequence<Value> {
    const sequence = new StepSequence<Value>();
    sequence.values = values;
    return sequence;
  }

  /** The values as they are at the moment, ascending by step. */
  get all(): readonly Value[] {
    return this.values;
  }

  get(step: number): Value | undefined {
    const value = this.values[this.positionOf(step)];
    return value?.step === step ? value : undefined;
  }

  /** The position of the first step that is not before `step`. */
  positionOf(step: number): number {
    return countBefore(this.values.length, (index) => (this.values[index]?.step ?? Infinity) < step);
  }

  /** Puts a value in the place of its step; returns its position. */
  set(value: Value): number {
    const position = this.positionOf(value.step);
    this.values.splice(position, Number(this.values[position]?.step === value.step), value);
    return position;
  }

  /** Takes a step out, if it is there; returns the position at which it was or would be. */
  delete(step: number): number {
    const position = this.positionOf(step);
    if (this.values[position]?.step === step) this.values.splice(position, 1);
    return position;
  }

  clear(): void {
    this.values.length = 0;
  }
}
