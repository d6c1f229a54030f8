import type { FieldMapping } from '../core/fieldMapping';
import type { JsonValue } from '../core/json';
import { countBefore } from '../core/ordered';
import type { NameChanges } from './files/changedNames';
import type { RunConfig } from './discovery/hydraConfig';
import type { ParquetTable } from './parquet/parquetTable';
import type { FastFields } from './scan/fastFields';
import type { SlimRow } from './scan/slimRow';

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
  /** What the model wrote, for showing it; absent where it is no text of its own in the row. */
  readonly response?: string;
  /** What a person should know of how this row was read, one sentence, the same for all rows that it is true of. */
  readonly note?: string;
}

/** What a parser gets besides the row. */
export interface RowContext {
  /** The row's own text, for ids that are numbers. */
  readonly rawNumber: (path: readonly string[]) => string | null;
}

/** What a log supports less of than a complete record of training would. */
export interface LogClaims {
  /** Whether the share of correct rollouts of a group is what training saw. */
  readonly passRates: boolean;
  /** Whether groups of different steps can be told to be the same problem. */
  readonly identity: boolean;
  /** Whether groups with uniform reward were dropped before the log was written. */
  readonly survivors: boolean;
  /** Why, and what to do: one or more sentences. */
  readonly why: string;
  /** Set where this is what the trainer does unless told otherwise: groups with uniform reward in a log disprove it. */
  readonly byDefault?: true;
}

/** How a table of which each row is a rollout is read, a few rows at a time. */
export interface TableReading {
  readonly rows: (table: ParquetTable) => Iterable<readonly RolloutRow[]>;
  /** The same from a row on, for rows of which only some are wanted: without lengths and keys. */
  readonly rowsFrom: (table: ParquetTable, from: number) => Iterable<readonly RolloutRow[]>;
  /** What the model wrote, from a row on. */
  readonly responsesFrom: (table: ParquetTable, from: number) => Iterable<readonly (string | null)[]>;
}

/**
 * A kind of log. `lines` files are read as they grow; `document` files hold one JSON text, `array` files one JSON
 * array of rows and `table` files columns (parquet), and all these are read from the beginning whenever they change.
 */
export interface LogFormat {
  readonly framework: string;
  readonly kind: 'lines' | 'document' | 'array' | 'table';
  /**
   * What a second row of the same rollout key means: a re-run of the step, or a further turn of one rollout. `window`:
   * keys do not name rollouts; a table may begin with the rows that the table before it ended with, which count once.
   * `stream`: the files are one stream that every launch appends to; where its step goes back, a resumed run makes all
   * of that and later steps void that came before.
   */
  readonly repeatedRollout: 'rerun' | 'turn' | 'window' | 'stream';
  /** The log files in and below a log directory, in the order in which they are read; none when it is no log of this format. */
  readonly logFiles: (folder: Folder) => Iterable<LogFileName>;
  /** Which experiment a file is of, where trainers put those of several into one directory: each is a run of its own. */
  readonly experimentOf?: (name: string) => string;
  /** The folders of a log directory that belong to the log, where it is a tree. */
  readonly ownsFolder?: RegExp;
  /** Whether files have to be looked into, because their names do not tell that they belong to the log. */
  readonly namesAreVague: boolean;
  /** The generation of the format that the first row of a file shows, or what is known of it (`readShape`); null when it is none of this format. */
  readonly recogniseRow: (row: Record<string, unknown>, name: string) => string | null;
  /** What names a row, so that a later one of the same name takes its place (`array`). */
  readonly keyOfRow?: (row: unknown) => number | null;
  /** The rollouts of one row (`lines`, `array`) or of the whole parsed file (`document`); empty when it carries none. */
  readonly readRow: (row: unknown, context: RowContext) => readonly RolloutRow[];
  /** How its tables are read (`table`). */
  readonly table?: TableReading;
  /** Where rows keep what is read of them, so that most need not be parsed (`lines`). Says the same as `readRow`. */
  readonly fastFields?: FastFields;
  /** What `readRow` need not be given of a row (`lines`). */
  readonly slim?: SlimRow;
  /** What a generation of the format does not support; null or absent: it is a complete record. */
  readonly claims?: (variant: string) => LogClaims | null;
  /** Set where `logFiles` names directories of very many documents: the names of those. */
  readonly documentNames?: RegExp;
  /** Set where the log holds evaluation and nothing else, so that its rows are kept. */
  readonly evaluationOnly?: true;
  /** Whether nothing is written for a step at which no rollout ended. */
  readonly emptySteps?: true;
  /** The field mapping that the format was made of. */
  readonly mapping?: FieldMapping;
  /** Reads the configuration that lies in the log directory itself, where the trainer leaves one there. */
  readonly readConfig?: (directory: string) => RunConfig | null;
  /** Set where the rollouts of evaluation are logged under the same names as those of training, without a mark. */
  readonly evaluationMixedIn?: true;
  /** What to do where steps are missing between the logged ones. */
  readonly gapAdvice?: string;
}

/** Whether a row is a rollout that the log's tables have: one of training, or of a log of evaluation, whose step is known. */
export function isTabled({ step, split }: RolloutRow, format: LogFormat, fileStep: number | null): boolean {
  return (step ?? fileStep) !== null && (split === 'train' || format.evaluationOnly === true);
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

/** What a file name may end in besides its own: the file is compressed and read all the same. */
export const compressedEnd = /\.(?:gz|zst)$/i;

/** The files of a folder whose names fit a pattern, compressed or not, numbers in names ordered as numbers; the first group is the step. */
export function filesLike(folder: Folder, pattern: RegExp): readonly LogFileName[] {
  const known = knownFiles.get(folder.files) ?? new Map<string, FittingFiles>();
  knownFiles.set(folder.files, known);
  const fitting = known.get(pattern.source) ?? findFiles(folder.files, pattern);
  known.set(pattern.source, fitting);
  return fitting.files;
}

/** Takes over which files fit which patterns from a list of which another one is different in a few names. */
export function takeOverFiles(before: readonly string[], after: readonly string[], changes: NameChanges): void {
  const known = [...(knownFiles.get(before) ?? [])].flatMap(([source, fitting]) => {
    const files = withChanges(fitting, changes);
    return files === null ? [] : [[source, { ...fitting, files }] as const];
  });
  knownFiles.set(after, new Map(known));
}

/** The files of a list that fit a pattern. */
interface FittingFiles {
  readonly pattern: RegExp;
  readonly files: readonly LogFileName[];
  /** Whether one of the list is compressed, so that files depend on each other. */
  readonly isCompressed: boolean;
}

// A large directory that has not changed is handed over again and again, and sorting its names is what costs.
const knownFiles = new WeakMap<readonly string[], Map<string, FittingFiles>>();

function findFiles(names: readonly string[], pattern: RegExp): FittingFiles {
  const isCompressed = names.some(isCompressedName);
  const plain = new Set(isCompressed ? names.filter((name) => !isCompressedName(name)) : []);
  const found: LogFileName[] = [];
  const numbers: string[] = [];
  for (const name of names) {
    const bare = isCompressed ? name.replace(compressedEnd, '') : name;
    const match = pattern.exec(bare);
    // While a file is being compressed both are there.
    if (match === null || (bare !== name && plain.has(bare))) continue;
    const number = match[1] ?? '';
    found.push({ name, step: number === '' ? null : Number(number), launch: 0 });
    numbers.push(number);
  }
  return { pattern, files: inNaturalOrder(found, numbers), isCompressed };
}

/** Null where all names have to be looked at. */
function withChanges({ pattern, files, isCompressed }: FittingFiles, { came, went }: NameChanges): LogFileName[] | null {
  if (isCompressed || came.some(isCompressedName)) return null;
  const changed = went.size === 0 ? [...files] : files.filter(({ name }) => !went.has(name));
  for (const file of findFiles(came, pattern).files) {
    const place = countBefore(changed.length, (at) => naturalOrder(changed[at]?.name ?? '', file.name) < 0);
    // Names of the same number keep the order of the list.
    if (changed[place] !== undefined && naturalOrder(changed[place].name, file.name) === 0) return null;
    changed.splice(place, 0, file);
  }
  return changed;
}

function isCompressedName(name: string): boolean {
  // Most end in neither letter, which is quicker to see.
  const last = name.charCodeAt(name.length - 1) | 0x20;
  return (last === 0x7a || last === 0x74) && compressedEnd.test(name);
}

/** Very many names mostly differ in one number only, by which they are put in order much faster than as texts. */
function inNaturalOrder(files: readonly LogFileName[], numbers: readonly string[]): readonly LogFileName[] {
  const [first] = files;
  if (first === undefined || !areAlike(files, numbers)) return [...files].sort((a, b) => naturalOrder(a.name, b.name));
  const places = new Float64Array(files.length);
  for (let place = 0; place < places.length; place++) places[place] = (files[place]?.step ?? 0) * places.length + place;
  return Array.from(places.sort(), (place) => files[place % places.length] ?? first);
}

/** Whether names are the same but for the number that they begin with, which is not too large for a place to be told in it as well. */
function areAlike(files: readonly LogFileName[], numbers: readonly string[]): boolean {
  const [name = '', digits = ''] = [files[0]?.name, numbers[0]];
  const end = name.slice(digits.length);
  return files.every((file, place) => {
    const number = numbers[place] ?? '';
    return number !== '' && number.length < 10 && file.name.length === number.length + end.length && file.name.startsWith(number) && file.name.endsWith(end);
  });
}

/** The folders in a folder whose names fit a pattern, in natural order, each with the number that its first group holds. */
export function* foldersLike(folder: Folder, pattern: RegExp): Generator<{ readonly name: string; readonly number: number; readonly folder: Folder }> {
  for (const name of folder.folders.filter((each) => pattern.test(each)).sort(naturalOrder)) {
    const inner = folder.open(name);
    if (inner !== null) yield { name, number: Number(pattern.exec(name)?.[1] ?? 0), folder: inner };
  }
}

/** Orders names so that numbers in them count as numbers. */
export function naturalOrder(a: string, b: string): number {
  return byNumber.compare(a, b);
}

// One collator for all: making one for each comparison is slow.
const byNumber = new Intl.Collator('en', { numeric: true });
