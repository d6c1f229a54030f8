import type { JsonValue } from '../core/json';

/** One rollout as a format reads it from a row. Texts are handed over for identification and are not kept. */
export interface RolloutRow {
  /** The step as the row says; null: the file's own step counts. */
  readonly step: number | null;
  readonly explicitId: string | null;
  /** The prompt, chat-templated or plain. */
  readonly prompt: string;
  /** True where `prompt` is the bare user message, without a template. */
  readonly promptIsUserText: boolean;
  /** Undefined when the row has none. */
  readonly groundTruth: JsonValue | undefined;
  /** Combined reward; null when missing or not finite. */
  readonly reward: number | null;
  /** What a field of the row says about correctness, and the field's name. */
  readonly explicitCorrect: boolean | null;
  readonly explicitField: string | null;
  readonly lengthChars: number | null;
  /** Names this rollout within its step, so that a later row of the same name replaces it; null: every row counts. */
  readonly rolloutKey: string | null;
  readonly split: 'train' | 'val';
  /** False for rollouts that failed or were masked: they are not wrong answers. */
  readonly scored: boolean;
}

/** What a parser gets besides the row. */
export interface RowContext {
  /** The row's own text, for ids that are numbers. */
  readonly rawNumber: (path: readonly string[]) => string | null;
}

/** A kind of log. `lines` files are read as they grow; `document` files are read whole whenever they change. */
export interface LogFormat {
  readonly framework: string;
  readonly kind: 'lines' | 'document';
  /** What a second row of the same rollout key means: a re-run of the step, or a further turn of one rollout. */
  readonly repeatedRollout: 'rerun' | 'turn';
  /** The log files in and below a log directory, in the order in which they are read; empty when it is no log of this format. */
  readonly logFiles: (folder: Folder) => readonly LogFileName[];
  /** Whether files have to be looked into, because their names do not tell that they belong to the log. */
  readonly namesAreVague: boolean;
  /** The generation of the format that a first row shows; null when the row is none of this format. */
  readonly recogniseRow: (row: Record<string, unknown>) => string | null;
  /** The rollouts of one row (`lines`) or of the whole file (`document`); empty when it carries none. */
  readonly readRow: (row: unknown, context: RowContext) => readonly RolloutRow[];
}

/** A directory of a log as formats see it: names only, subdirectories on demand. */
export interface Folder {
  readonly files: readonly string[];
  readonly folders: readonly string[];
  /** Null when there is no such directory or it cannot be read. */
  readonly open: (name: string) => Folder | null;
}

/** A log file by its path below the log directory; `step` where the path tells it. */
export interface LogFileName {
  readonly name: string;
  readonly step: number | null;
  /** Of a step that several launches wrote, only the highest launch counts. */
  readonly launch: number;
}

/** The files of a folder whose names fit a pattern, numbers in names ordered as numbers; the first group is the step. */
export function filesLike(folder: Folder, pattern: RegExp): readonly LogFileName[] {
  return folder.files
    .filter((name) => pattern.test(name))
    .sort(naturalOrder)
    .map((name) => {
      const step = pattern.exec(name)?.[1];
      return { name, step: step === undefined ? null : Number(step), launch: 0 };
    });
}

/** Orders names so that numbers in them count as numbers. */
export function naturalOrder(a: string, b: string): number {
  return byNumber.compare(a, b);
}

// One collator for all: making one for each comparison is slow.
const byNumber = new Intl.Collator('en', { numeric: true });
