/** Orders by key in the given direction; problems without one come last either way. */
export function byNumber(problems: Int32Array, key: (problem: number) => number, descending: boolean): Int32Array {
  const direction = descending ? -1 : 1;
  const keys = Float64Array.from(problems, key);
  const compare = (a: number, b: number): number => {
    const [one, other] = [keys[a] ?? NaN, keys[b] ?? NaN];
    if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
    return direction * (one - other);
  };
  return ordered(problems, compare);
}

/** Orders by text. Of very many none is held: numbers made of their first characters tell nearly all apart. */
export function byText(problems: Int32Array, textOf: (problem: number) => string, descending: boolean): Int32Array {
  const direction = descending ? -1 : 1;
  const start = commonLength(problems, textOf);
  const keys = new Float64Array(2 * problems.length);
  problems.forEach((problem, place) => {
    const text = textOf(problem);
    keys[2 * place] = keyOf(text, start);
    keys[2 * place + 1] = keyOf(text, start + unitsPerKey);
  });
  const textAt = (place: number): string => textOf(problems[place] ?? 0);
  return ordered(problems, (a, b) => {
    const difference = (keys[2 * a] ?? 0) - (keys[2 * b] ?? 0) || (keys[2 * a + 1] ?? 0) - (keys[2 * b + 1] ?? 0);
    return direction * (difference === 0 ? compareTexts(textAt(a), textAt(b)) : difference);
  });
}

/** So many UTF-16 units fit into a number. */
const unitsPerKey = 3;
const unitBase = 0x10001;

function keyOf(text: string, from: number): number {
  let key = 0;
  for (let at = from; at < from + unitsPerKey; at++) key = key * unitBase + (at < text.length ? text.charCodeAt(at) + 1 : 0);
  return key;
}

/** How many characters all texts begin with. */
function commonLength(problems: Int32Array, textOf: (problem: number) => string): number {
  const first = problems[0] === undefined ? '' : textOf(problems[0]);
  let { length } = first;
  for (let place = 1; place < problems.length && length > 0; place++) {
    const text = textOf(problems[place] ?? 0);
    while (!text.startsWith(first.slice(0, length))) length--;
  }
  return length;
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** Problems in an order of their places among them; equal ones stay as they are. */
function ordered(problems: Int32Array, compare: (a: number, b: number) => number): Int32Array {
  const places = Int32Array.from(problems, (_, place) => place).sort((a, b) => compare(a, b) || a - b);
  return places.map((place) => problems[place] ?? 0);
}
