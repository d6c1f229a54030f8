import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { CdasState } from '../../../src/core/cdas';
import { readSamplerText } from '../../../src/core/samplerConfig';
import { cdasStrategy } from '../../../src/core/strategies/cdasStrategy';
import { Observations } from '../../../src/core/strategies/observations';
import { strategies } from '../../../src/core/strategies/strategies';

interface SamplerFile {
  readonly strategy: { readonly name: string; readonly mode: 'paper'; readonly seed: number };
}

interface AdapterVectors {
  readonly rows: number;
  readonly batch: number;
  readonly group: number;
  readonly drawn: Readonly<Record<string, readonly (readonly number[])[]>>;
}

const folder = new URL('../../fixtures/vectors/sampler/', import.meta.url);
const names = readdirSync(folder).map((file) => file.replace('.json', ''));
const textOf = (name: string): string => readFileSync(new URL(`${name}.json`, folder), 'utf8');
const vectorText = readFileSync(new URL('../strategies.json', folder), 'utf8');
// The files are made by test/trainer/make_strategy_vectors.py in these forms.
const { adapters } = JSON.parse(vectorText) as { adapters: AdapterVectors };
const strategyOf = (name: string): SamplerFile['strategy'] => (JSON.parse(textOf(name)) as SamplerFile).strategy;

/** In every file row 0 is excluded and row 1 pinned. */
const decided = { pinned: [1], isExcluded: (problem: number): boolean => problem === 0 };

/** The batches that the core draws by a strategy, problems being as hard as their rows say. */
function draw(name: string): number[][] {
  const { rows, batch, group, drawn } = adapters;
  const { mode, seed, ...parameters } = strategyOf(name);
  const seen = new Observations(rows, parameters);
  const cdas = new CdasState(mode);
  for (let row = 0; row < rows; row++) cdas.addProblems(1, !decided.isExcluded(row));
  const view = (): { difficulty: Float64Array; competence: number; mode: 'paper' } => ({ difficulty: cdas.difficultyColumn(), competence: cdas.competence, mode });
  const strategy = name === 'cdas' ? cdasStrategy(view) : strategies.get(name);
  assert.ok(strategy);
  return (drawn[name] ?? []).map((_, at) => {
    const chosen = strategy.choose(seen, { batch, seed, draw: at, ...decided });
    seen.noteDrawn(chosen);
    const observed = chosen.map((problem) => ({ problem, correct: Math.min(group, problem % (group + 1)), scored: group }));
    seen.observe(observed);
    cdas.rateStep(observed.map(({ problem, correct, scored }) => ({ problem, passRate: correct / scored })));
    return [...chosen];
  });
}

describe('a sampler.json of every strategy', () => {
  it('is there', () => {
    assert.deepEqual(new Set(names), new Set(['cdas', ...strategies.keys()]));
  });

  for (const name of names) {
    it(`is what the extension would write: ${name}`, () => {
      const reading = readSamplerText(textOf(name));
      assert.ok(reading.kind === 'config' && reading.intact);
      assert.equal(strategyOf(name).name, name);
    });
  }

  // Where rows come at random, adapters go through passes over the dataset, which the next batch is tested with.
  for (const name of names.filter((each) => each !== 'random')) {
    it(`makes adapters draw what the core draws by its seed and parameters: ${name}`, () => {
      assert.deepEqual(draw(name), adapters.drawn[name]);
    });
  }
});
