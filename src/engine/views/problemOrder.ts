import { ascending, descendingKeys } from './numberOrder';

/** Orders by key in the given direction; problems without one come last either way, equal ones stay as they are. */
export function byNumber(problems: Int32Array, key: (problem: number) => number, descending: boolean): Int32Array {
  // `from` would make a list of them all first.
  const keys = new Float64Array(problems.length);
  const sign = descending ? -1 : 1;
  for (let place = 0; place < keys.length; place++) keys[place] = sign * key(problems[place] ?? 0);
  const order = ascending(keys);
  for (let rank = 0; rank < order.length; rank++) order[rank] = problems[order[rank] ?? 0] ?? 0;
  return order;
}

/** Orders by text. Of very many none is held: numbers made of their first characters tell nearly all apart. */
export function byText(problems: Int32Array, textOf: (problem: number) => string, descending: boolean): Int32Array {
  const keys = new TextKeys(textOf);
  keys.add(problems);
  return keys.order(descending);
}

/** So many UTF-16 units fit into a number. */
const unitsPerKey = 3;
const unitBase = 0x10001;
/** So many texts are looked at for what all begin with. */
const sampled = 64;

/** Texts of problems that are to be ordered, as the numbers that are made of them. */
export class TextKeys {
  private problems = new Int32Array();
  private first = new Float64Array();
  private second = new Float64Array();
  private start: string | null = null;

  constructor(private readonly textOf: (problem: number) => string) {}

  get length(): number {
    return this.problems.length;
  }

  /** Adds problems after those that were added before. */
  add(problems: Int32Array): void {
    const before = this.length;
    this.start ??= commonStart(problems, this.textOf);
    this.problems = joined(Int32Array, this.problems, problems);
    this.first = joined(Float64Array, this.first, problems);
    this.second = joined(Float64Array, this.second, problems);
    const { start } = this;
    problems.forEach((problem, i) => {
      const text = this.textOf(problem);
      const place = before + i;
      if (text.startsWith(start)) [this.first[place], this.second[place]] = [keyOf(text, start.length), keyOf(text, start.length + unitsPerKey)];
      else this.first[place] = this.second[place] = text < start ? -Infinity : Infinity;
    });
  }

  /** The problems in the order of their texts, those of equal texts as they were added. */
  order(descending: boolean): Int32Array {
    const [first, second] = [this.first, this.second].map((keys) => (descending ? descendingKeys(keys) : keys));
    if (first === undefined || second === undefined) return this.problems;
    const places = ascending(first.slice(), ascending(second.slice()));
    for (let from = 0; from < places.length; ) {
      let end = from + 1;
      const isEqual = (one: number, other: number): boolean => first[one] === first[other] && second[one] === second[other];
      while (end < places.length && isEqual(places[from] ?? 0, places[end] ?? 0)) end++;
      if (end > from + 1) this.orderEqual(places.subarray(from, end), descending ? -1 : 1);
      from = end;
    }
    return places.map((place) => this.problems[place] ?? 0);
  }

  /** Orders places whose keys are equal by the whole texts. */
  private orderEqual(places: Int32Array, direction: number): void {
    const texts = new Map(Array.from(places, (place) => [place, this.textOf(this.problems[place] ?? 0)]));
    places.sort((a, b) => direction * compareTexts(texts.get(a) ?? '', texts.get(b) ?? '') || a - b);
  }
}

/** Orders texts by their UTF-16 units. */
export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function keyOf(text: string, from: number): number {
  let key = 0;
  for (let at = from; at < from + unitsPerKey; at++) key = key * unitBase + (at < text.length ? text.charCodeAt(at) + 1 : 0);
  return key;
}

/** What some of the texts, and so mostly all, begin with. */
function commonStart(problems: Int32Array, textOf: (problem: number) => string): string {
  const every = Math.max(1, Math.floor(problems.length / sampled));
  let start = problems[0] === undefined ? '' : textOf(problems[0]);
  for (let place = 0; place < problems.length; place += every) {
    const text = textOf(problems[place] ?? 0);
    while (!text.startsWith(start)) start = start.slice(0, -1);
  }
  return start;
}

type Numbers = Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** Numbers, with room for others behind them, which are copied where they are of the same kind. */
function joined<Kind extends Numbers>(kind: new (length: number) => Kind, before: Kind, more: Int32Array): Kind {
  const all = new kind(before.length + more.length);
  all.set(before);
  all.set(more, before.length);
  return all;
}
