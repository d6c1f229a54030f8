import { Column } from '../../core/column';
import { decimate } from '../../core/decimate';
import { countBefore } from '../../core/ordered';
import type { MetricRow } from './metricRow';

/** One metric over steps; a null is a value that was not finite. Steps ascend. */
export interface MetricPoints {
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
}

/** More series than this are not kept. */
export const maxSeries = 512;
/** A series that grows beyond this is thinned to half of it, keeping lows and highs; in a crowd of series sooner. */
export const maxPoints = 4096;
const fewestPoints = 512;
const maxTablePoints = 1 << 18;
const maxNameChars = 200;

/** Named series of numbers in bounded memory: at most 512 series, and about 260,000 points in all. */
export class MetricTable {
  private readonly series = new Map<string, Series>();
  /** Series that there was no room for, up to as many as there is room for. */
  private readonly left = new Set<string>();

  /** The names of the series that hold a number, in order of first appearance. */
  get names(): readonly string[] {
    return [...this.series].filter(([, { hasNumber }]) => hasNumber).map(([name]) => name);
  }

  /** How many series were left out because there are too many. */
  get leftOut(): number {
    return this.left.size;
  }

  /** Takes a row in. A value at a step that is there already takes its place: a resumed run writes steps again. */
  add({ step, values }: MetricRow): void {
    for (const [name, value] of values) this.seriesOf(name)?.set(step, value, this.pointsEach);
  }

  /** The points of a series; null when there is none of that name. */
  points(name: string): MetricPoints | null {
    return this.series.get(name)?.points ?? null;
  }

  private get pointsEach(): number {
    return Math.min(maxPoints, Math.max(fewestPoints, Math.floor(maxTablePoints / this.series.size)));
  }

  private seriesOf(name: string): Series | null {
    const known = this.series.get(name);
    if (known !== undefined) return known;
    if (name.length > maxNameChars || this.series.size >= maxSeries) {
      if (this.left.size < maxSeries) this.left.add(name);
      return null;
    }
    const made = new Series();
    this.series.set(name, made);
    return made;
  }
}

class Series {
  hasNumber = false;
  private readonly steps = new Column(Float64Array);
  private readonly values = new Column(Float64Array);

  get points(): MetricPoints {
    const places = Array.from({ length: this.steps.length }, (_, place) => place);
    return { steps: places.map((place) => this.steps.at(place)), values: places.map((place) => this.valueAt(place)) };
  }

  set(step: number, value: number | null, limit: number): void {
    this.hasNumber ||= value !== null;
    const number = value ?? Number.NaN;
    const { length } = this.steps;
    if (length === 0 || this.steps.at(length - 1) < step) this.append(step, number);
    else this.insert(step, number);
    if (this.steps.length > limit) this.thin(limit / 2);
  }

  private append(step: number, value: number): void {
    this.steps.push(step);
    this.values.push(value);
  }

  private insert(step: number, value: number): void {
    const place = this.placeOf(step);
    if (this.steps.at(place) === step) {
      this.values.set(place, value);
      return;
    }
    for (const [column, number] of [[this.steps, step], [this.values, value]] as const) {
      column.push(number);
      column.view().copyWithin(place + 1, place, column.length - 1);
      column.set(place, number);
    }
  }

  private thin(limit: number): void {
    const kept = decimate(this.steps.length, limit, (place) => this.valueAt(place));
    kept.forEach((from, to) => {
      this.steps.set(to, this.steps.at(from));
      this.values.set(to, this.values.at(from));
    });
    this.steps.truncate(kept.length);
    this.values.truncate(kept.length);
  }

  /** The first place whose step is not below `step`. */
  private placeOf(step: number): number {
    return countBefore(this.steps.length - 1, (place) => this.steps.at(place) < step);
  }

  private valueAt(place: number): number | null {
    const value = this.values.at(place);
    return Number.isNaN(value) ? null : value;
  }
}
