import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '../core/json';
import { FolderReader } from './files/folderReader';
import { listLogFiles, type RunSource } from './runSource';

/** What the CDAS authors' trainer stored of its own ratings. */
export interface StoredRatings {
  readonly file: string;
  readonly step: number;
  /** The ability at the start and after each rated step. */
  readonly abilities: readonly number[];
  /** The difficulty of each problem now, by its question. */
  readonly difficulties: ReadonlyMap<string, number>;
}

const stateEnd = '_cdas.json';
/** Where such a trainer keeps it: beside its sampling log, or in a directory of checkpoints next to that. */
const checkpointFolder = /^(?:checkpoints?|ckpts?|cdas.*)$/i;
const maxBytes = 1 << 28;

/** The ratings that lie beside a run's log, those of its own experiment where there are several; null when there are none. */
export function findStoredRatings(source: RunSource): StoredRatings | null {
  const files = stateFiles(source);
  const experiment = experimentOf(source);
  const own = files.find((file) => path.basename(file) === `${experiment}${stateEnd}`) ?? (files.length === 1 ? files[0] : undefined);
  return own === undefined ? null : readRatings(own);
}

function stateFiles({ path: runPath, logPath }: RunSource): readonly string[] {
  const reader = new FolderReader();
  const found = new Set<string>();
  for (const directory of new Set([logPath, path.dirname(logPath), runPath])) {
    try {
      const folder = reader.open(directory);
      const inner = folder.folders.filter((name) => checkpointFolder.test(name));
      for (const [name, { files }] of [['', folder] as const, ...inner.flatMap((each) => nonNull(each, folder.open(each)))]) {
        for (const file of files.filter((each) => each.endsWith(stateEnd))) found.add(path.join(directory, name, file));
      }
    } catch {
      // No such directory, or not to be read: there is no state to be had from it.
    }
  }
  return [...found];
}

function nonNull<Value>(name: string, value: Value | null): [string, Value][] {
  return value === null ? [] : [[name, value]];
}

/** The name under which the trainer writes its files: that of its sampling log, else the run's. */
function experimentOf(source: RunSource): string {
  if (source.format.framework !== 'cdas') return source.name;
  try {
    const [log] = listLogFiles(source);
    return log === undefined ? source.name : (source.format.experimentOf?.(log.name) ?? source.name);
  } catch {
    // The log is gone: nothing is known but the run's own name.
    return source.name;
  }
}

function readRatings(file: string): StoredRatings | null {
  try {
    if (statSync(file).size > maxBytes) return null;
    const state: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isRecord(state) || !isRecord(state['problem_difficulties'])) return null;
    const abilities = numbersIn(state['model_abilities']);
    const difficulties = Object.entries(state['problem_difficulties']).flatMap(([question, values]): [string, number][] => {
      const last = numbersIn(values).at(-1);
      return last === undefined ? [] : [[question, last]];
    });
    const step = state['cur_step'];
    return { file, step: typeof step === 'number' ? step : abilities.length - 1, abilities, difficulties: new Map(difficulties) };
  } catch {
    // Written without care for readers, so it can be caught half-written: there is none for now.
    return null;
  }
}

function numbersIn(values: unknown): readonly number[] {
  return Array.isArray(values) ? values.filter((value) => typeof value === 'number') : [];
}
