// npm run bench -- ingest|engine [--size 1GB] [--rounds 5] [--variants main,short,…] [--seed 1]: measures and writes test/bench/RESULTS.md.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { benchEngine } from './engine';
import { benchIngest } from './ingest';
import { variants, type VariantName } from './logs';
import { writeResults } from './results';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '1GB' },
    rounds: { type: 'string', default: '5' },
    variants: { type: 'string', default: Object.keys(variants).join(',') },
    seed: { type: 'string', default: '1' },
    cache: { type: 'string', default: path.join(import.meta.dirname, '../../.cache/bench') },
  },
});

function bytesOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(k|M|G)?B?$/i.exec(text);
  if (match === null) throw new Error(`--size ${text} is no size; write for example 1GB or 200MB`);
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

async function main(): Promise<void> {
  const cache = path.resolve(values.cache);
  mkdirSync(cache, { recursive: true });
  const [what = 'ingest'] = positionals;
  const shared = { cache, rounds: Number(values.rounds), seed: Number(values.seed), bytes: bytesOf(values.size) };
  if (what === 'ingest') writeResults('ingest', await benchIngest({ ...shared, variants: variantsOf(values.variants) }), shared);
  else if (what === 'engine') writeResults('engine', await benchEngine(shared), shared);
  else throw new Error(`no benchmark ${what}; there are ingest and engine`);
}

void main();
