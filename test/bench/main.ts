// npm run bench -- ingest|engine [--size 1GB] [--large 5GB] [--rounds 5] [--variants main,short,…] [--seed 1]: measures and writes test/bench/RESULTS.md.
// npm run bench -- sampling [--seeds 6] [--steps 360] [--seed 1]: trains the demo policy under each strategy, from seed on.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { benchEngine } from './engine';
import { benchIngest } from './ingest';
import { variants, type VariantName } from './logs';
import { writeResults } from './results';
import { benchSampling, benchSetup, leastSteps } from './sampling';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '1GB' },
    large: { type: 'string', default: '5GB' },
    rounds: { type: 'string', default: '5' },
    variants: { type: 'string', default: Object.keys(variants).join(',') },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '6' },
    steps: { type: 'string', default: String(benchSetup.steps) },
    cache: { type: 'string', default: path.join(import.meta.dirname, '../../.cache/bench') },
  },
});

function bytesOf(option: 'size' | 'large'): number {
  const text = values[option];
  const match = /^(\d+(?:\.\d+)?)\s*(k|M|G)?B?$/i.exec(text);
  if (match === null) throw new Error(`--${option} ${text} is no size; write for example 1GB or 200MB`);
  const unit = { k: 1e3, m: 1e6, g: 1e9 }[(match[2] ?? '').toLowerCase()] ?? 1;
  return Math.round(Number(match[1]) * unit);
}

function variantsOf(text: string): VariantName[] {
  return text.split(',').map((name) => {
    if (!(name in variants)) throw new Error(`no variant ${name}; there are ${Object.keys(variants).join(', ')}`);
    // It was just found among them.
    return name as VariantName;
  });
}

function atLeast(option: 'seeds' | 'steps', least: number): number {
  const number = Number(values[option]);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`--${option} takes a whole number of at least ${least}, not ${values[option]}`);
}

async function main(): Promise<void> {
  const cache = path.resolve(values.cache);
  mkdirSync(cache, { recursive: true });
  const [what = 'ingest'] = positionals;
  const shared = { cache, rounds: Number(values.rounds), seed: Number(values.seed), bytes: bytesOf('size') };
  const how = `${shared.rounds} rounds, seed ${shared.seed}`;
  if (what === 'ingest') writeResults('ingest', await benchIngest({ ...shared, variants: variantsOf(values.variants) }), how);
  else if (what === 'engine') writeResults('engine', await benchEngine({ ...shared, largeBytes: bytesOf('large') }), how);
  else if (what === 'sampling') {
    const [seeds, steps] = [atLeast('seeds', 1), atLeast('steps', leastSteps)];
    writeResults('sampling', benchSampling({ seeds, firstSeed: shared.seed, setup: { ...benchSetup, steps } }), `seeds ${shared.seed} to ${shared.seed + seeds - 1}`);
  } else throw new Error(`no benchmark ${what}; there are ingest, engine and sampling`);
}

void main();
