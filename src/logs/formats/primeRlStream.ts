import { isRecord } from '../../core/json';
import { stepOf } from '../../core/writtenValue';
import { filesLike, type Folder, type LogFileName, type LogFormat } from '../logFormat';
import { primeRlSlim, readEpisode, variantOf } from './primeRl';

/**
 * prime-rl's stream of episodes since September 2026, `monitors/file/traces/stream.jsonl` and later
 * `stream/00000.jsonl`, whose full chunks are compressed. Every episode is in it once, of training and of evaluation,
 * stamped with the step at which it arrived; a resumed run appends the steps that it runs again.
 */
export const primeRlStreamFormat: LogFormat = {
  framework: 'prime-rl',
  kind: 'lines',
  repeatedRollout: 'stream',
  namesAreVague: false,
  ownsFolder: /^(?:stream|annotations|live)$/,
  logFiles: streamFiles,
  recogniseRow: (row) => (variantOf(row) === 'episode' ? 'stream of episodes' : null),
  readRow: (row) => {
    if (!isRecord(row) || variantOf(row) !== 'episode') return [];
    const step = arrivalOf(row);
    return readEpisode(row).map((rollout) => ({ ...rollout, step }));
  },
  slim: primeRlSlim,
};

function* streamFiles(folder: Folder): Generator<LogFileName> {
  yield* stepless(filesLike(folder, /^stream\.jsonl$/), '');
  const chunks = folder.folders.includes('stream') ? folder.open('stream') : null;
  if (chunks !== null) yield* stepless(filesLike(chunks, /^\d{5,}\.jsonl$/), 'stream/');
}

function* stepless(files: readonly LogFileName[], path: string): Generator<LogFileName> {
  for (const { name } of files) yield { name: path + name, step: null, launch: 0 };
}

/** The step whose batch was being collected when the episode came in; where that is not stamped, the one that asked for it. */
function arrivalOf(row: Record<string, unknown>): number | null {
  const traces = Array.isArray(row['traces']) ? row['traces'].filter(isRecord) : [];
  const stamped = traces.flatMap(({ info }) => stepOf(at(at(info, 'arrival'), 'step')) ?? []);
  return stamped[0] ?? stepOf(at(at(row['run'], 'work'), 'step'));
}

function at(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined;
}
