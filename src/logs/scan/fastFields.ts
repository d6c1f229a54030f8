import type { Wanted, WantedField } from './lineScanner';

/**
 * Where the rows of a format keep what is read of a rollout, so that a scanner can find it without parsing the row.
 * Keys are dotted paths. It must say the same as the format's `readRow`, which still reads every row that is out of the ordinary.
 */
export interface FastFields {
  /** A key that must hold exactly this text; other rows are left to `readRow`. */
  readonly marker: { readonly key: string; readonly text: string } | null;
  /** A string, or where `messages` is true also a list of chat messages; rows without are left to `readRow`. */
  readonly prompt: { readonly key: string; readonly messages: boolean };
  readonly step: string;
  readonly explicitId: string;
  readonly groundTruth: string;
  readonly reward: string;
  /** The first of these that says yes or no. */
  readonly correct: readonly string[];
  /** The text whose code points are counted. A row with neither response nor reward is left to `readRow`. */
  readonly response: string;
  /** What names the rollout within its step; where that is undefined the row is left to `readRow`. */
  readonly rolloutKey: { readonly keys: readonly string[]; readonly of: (...values: readonly unknown[]) => string | null | undefined };
  /** Where the row says so: `val` in `split` makes it a validation rollout; no reward, no verdict, or a `status` but `ok` makes it unscored. */
  readonly states: { readonly split: string; readonly status: string } | null;
}

/** The numbers of the fields in a scan; absent ones are `none`. */
export interface FieldNumbers {
  readonly wanted: Wanted;
  readonly marker: number;
  readonly prompt: number;
  readonly step: number;
  readonly explicitId: number;
  readonly groundTruth: number;
  readonly reward: number;
  readonly correct: readonly number[];
  readonly response: number;
  readonly rolloutKey: readonly number[];
  readonly split: number;
  readonly status: number;
}

/** The number of a field that is not looked for. No line has it. */
const noField = 31;

/** Gives every key that a format names a number. */
export function numberFields(fields: FastFields): FieldNumbers {
  const found: WantedField[] = [];
  const add = (key: string, hashed = false): number => {
    const known = found.findIndex(({ path }) => path.join('.') === key);
    if (known >= 0) return known;
    return found.push({ path: key.split('.'), hashed }) - 1;
  };
  return {
    prompt: add(fields.prompt.key, true),
    groundTruth: add(fields.groundTruth, true),
    explicitId: add(fields.explicitId, true),
    marker: fields.marker === null ? noField : add(fields.marker.key),
    step: add(fields.step),
    reward: add(fields.reward),
    correct: fields.correct.map((key) => add(key)),
    response: add(fields.response),
    rolloutKey: fields.rolloutKey.keys.map((key) => add(key)),
    split: fields.states === null ? noField : add(fields.states.split),
    status: fields.states === null ? noField : add(fields.states.status),
    wanted: { fields: found, leftOut: [], measured: [] },
  };
}
