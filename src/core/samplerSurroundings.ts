import { isRecord } from './json';
import { readSamplerText, type SamplerBody } from './samplerConfig';
import { defaultStrategy, readStrategy } from './samplerStrategy';

/** What a sampler.json says besides the decisions, so that decisions made without a run keep it. */
export type SamplerSurroundings = Pick<SamplerBody, 'run' | 'strategy' | 'competence' | 'difficulty'>;

/** The surroundings in the text of a sampler.json; those of no run where the text is none that was compiled. */
export function readSurroundings(text: string | null): SamplerSurroundings {
  const reading = text === null ? null : readSamplerText(text);
  if (text === null || reading?.kind !== 'config' || !reading.intact) return { run: null, strategy: defaultStrategy, competence: null };
  const value: unknown = JSON.parse(text);
  const fields = isRecord(value) ? value : {};
  const { competence } = fields;
  const difficulty = readDifficulty(fields['difficulty']);
  return {
    run: readRun(fields['run']),
    strategy: readStrategy(fields['strategy']),
    competence: typeof competence === 'number' ? competence : null,
    ...(difficulty === null ? {} : { difficulty }),
  };
}

function readRun(value: unknown): SamplerBody['run'] {
  if (!isRecord(value) || typeof value['name'] !== 'string') return null;
  return { name: value['name'], step: typeof value['step'] === 'number' ? value['step'] : null };
}

function readDifficulty(value: unknown): ReadonlyMap<string, readonly [number, number]> | null {
  if (!isRecord(value)) return null;
  const entries = Object.entries(value).flatMap(([id, pair]): [string, readonly [number, number]][] => {
    const [difficulty, visits] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    return typeof difficulty === 'number' && typeof visits === 'number' ? [[id, [difficulty, visits]]] : [];
  });
  return new Map(entries);
}
