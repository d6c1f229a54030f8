import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { readSurroundings } from '../../../src/core/samplerSurroundings';
import { chooseStrategy, defaultStrategy, parametersOf, readStrategy, unchangedStrategy, weighingParameters, type StrategyChoice } from '../../../src/core/samplerStrategy';
import { Observations } from '../../../src/core/strategies/observations';
import { strategies } from '../../../src/core/strategies/strategies';
import { followedParameters, strategySpecs } from '../../../src/core/strategies/strategySpecs';

const choice = (fields: Partial<StrategyChoice>): StrategyChoice => ({ ...unchangedStrategy, ...fields });
const mopps = { ...defaultStrategy, name: 'mopps', target: 0.4, decay: 0.7 };

describe('choosing a strategy', () => {
  it('leaves what sampler.json says where nothing was chosen', () => {
    assert.deepEqual(chooseStrategy(mopps, unchangedStrategy), { strategy: mopps, problems: [] });
  });

  it('starts a newly named strategy with its own parameters, and keeps those of the present one', () => {
    assert.deepEqual(chooseStrategy(mopps, choice({ name: 'adarft', parameters: { rate: 0.1 } })).strategy, { ...defaultStrategy, name: 'adarft', rate: 0.1 });
    assert.deepEqual(chooseStrategy(mopps, choice({ parameters: { target: 0.6 } })).strategy, { ...mopps, target: 0.6 });
  });

  it('takes the seed and the warm-up over', () => {
    assert.deepEqual(chooseStrategy(defaultStrategy, choice({ seed: 7, warmup: 'none' })).strategy, { ...defaultStrategy, seed: 7, warmup: 'none' });
  });

  it('changes nothing where a choice cannot be obeyed, and says what could be', () => {
    const refused = (fields: Partial<StrategyChoice>): string => {
      const { strategy, problems } = chooseStrategy(mopps, choice(fields));
      assert.deepEqual(strategy, mopps);
      return problems.join(' ');
    };
    assert.match(refused({ name: 'mops' }), /Unknown strategy "mops"; use one of cdas, random,/);
    assert.match(refused({ parameters: { gamma: 1 } }), /mopps has no parameter "gamma"; it has target, decay, candidates\./);
    assert.match(refused({ parameters: { target: 1.5 } }), /target of mopps must be a number from 0 to 1, not 1\.5/);
    assert.match(refused({ parameters: { target: 'half' } }), /not "half"/);
    assert.match(refused({ name: 'random', parameters: { target: 0.5 } }), /random has no parameter "target"; it has none\./);
    assert.match(refused({ seed: 1.5 }), /whole number/);
    assert.match(refused({ name: 'balanced-filter', parameters: { low: 0.9 } }), /low of balanced-filter must be at most high: 0\.9 is more than 0\.8\./);
    assert.match(refused({ name: 'difficulty-pools', parameters: { easyFrom: 0.4, hardTo: 0.6 } }), /hardTo of difficulty-pools must be at most easyFrom/);
  });

  it('keeps bounds that somebody crossed by hand until parameters are chosen', () => {
    const crossed = { ...defaultStrategy, name: 'balanced-filter', low: 0.9, high: 0.1 };
    assert.deepEqual(chooseStrategy(crossed, choice({ seed: 3 })).strategy, { ...crossed, seed: 3 });
    assert.equal(chooseStrategy(crossed, choice({ parameters: { low: 0.5 } })).problems.length, 1);
    assert.deepEqual(chooseStrategy(crossed, choice({ parameters: { low: 0.05 } })).strategy, { ...crossed, low: 0.05 });
  });

  it('keeps what a newer version wrote', () => {
    const newer = { ...defaultStrategy, name: 'later', depth: [1, 2] };
    assert.deepEqual(readStrategy(newer), newer);
    assert.deepEqual(chooseStrategy(newer, choice({ seed: 3 })).strategy, { ...newer, seed: 3 });
  });
});

describe('a strategy that somebody wrote by hand', () => {
  it('is read with defaults in the place of a mode, a warm-up, a side rule and a seed that trainers cannot follow', () => {
    for (const strange of [{ mode: 'newer', warmup: 'two epochs', symmetric: 'yes', seed: 1.5 }, { mode: null, warmup: 3, symmetric: 0, seed: 1e300 }]) {
      assert.deepEqual(readStrategy({ name: 'mopps', ...strange, target: 0.4 }), { ...defaultStrategy, name: 'mopps', target: 0.4 });
    }
    const followed = { ...defaultStrategy, mode: 'official-compat', warmup: 'none', symmetric: false, seed: -7 };
    assert.deepEqual(readStrategy(followed), followed);
  });

  it('is followed in each number that is in range, and where bounds are crossed in neither of them', () => {
    const values = fc.oneof(fc.double(), fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom<unknown>('0.5', true, null, undefined, [0.5]));
    const specs = strategySpecs.flatMap(({ parameters }) => parameters);
    const stated = fc.dictionary(fc.constantFrom(...specs.map(({ name }) => name), 'other'), values);
    fc.assert(
      fc.property(stated, (parameters) => {
        const followed = followedParameters(parameters);
        const of = (name: string): number => followed.get(name) ?? NaN;
        assert.deepEqual([...followed.keys()], specs.map(({ name }) => name));
        assert.ok(of('low') <= of('high') && of('hardTo') <= of('easyFrom'));
        for (const { name, fallback, min, max } of specs) {
          const value = parameters[name];
          const inRange = typeof value === 'number' && value >= min && value <= max;
          if (!inRange || ['low', 'high', 'hardTo', 'easyFrom'].includes(name)) assert.ok(of(name) === fallback || (inRange && of(name) === value));
          else assert.equal(of(name), value);
        }
      }),
    );
    assert.deepEqual(['low', 'high'].map((name) => followedParameters({ low: 0.9, high: 0.3 }).get(name)), [0.2, 0.8]);
    assert.deepEqual(['low', 'high'].map((name) => followedParameters({ low: 0.9 }).get(name)), [0.2, 0.8], 'crossed with a default');
    assert.deepEqual(['hardTo', 'easyFrom'].map((name) => followedParameters({ hardTo: 0.4, easyFrom: 0.4 }).get(name)), [0.4, 0.4]);
  });
});

describe('what steps are weighed by', () => {
  it('are the parameters of the strategy in force, and under CDAS and random those from before', () => {
    assert.deepEqual(weighingParameters(mopps), { target: 0.4, decay: 0.7 });
    assert.deepEqual(['cdas', 'random'].map((name) => weighingParameters({ ...defaultStrategy, name })), [null, null]);
    assert.deepEqual(weighingParameters({ ...defaultStrategy, name: 'learnability' }), {});
  });
});

describe('the strategies that can be named', () => {
  it('are those that can choose, and CDAS', () => {
    assert.deepEqual(strategySpecs.map(({ name }) => name).sort(), ['cdas', ...strategies.keys()].sort());
  });

  it('have no parameter of the same name', () => {
    const names = strategySpecs.flatMap(({ parameters }) => parameters.map(({ name }) => name));
    assert.equal(new Set(names).size, names.length);
  });

  it('go by every parameter that they name', () => {
    for (const { name, parameters } of strategySpecs.filter((spec) => spec.parameters.length > 0)) {
      const asked = new Set<string>();
      class Asked extends Observations {
        override parameter(parameter: string): number {
          asked.add(parameter);
          return super.parameter(parameter);
        }
      }
      const seen = new Asked(3);
      seen.observe([{ problem: 0, correct: 1, scored: 2 }]);
      strategies.get(name)?.choose(seen, { batch: 2, seed: 1, draw: 0 });
      for (const parameter of parameters) assert.ok(asked.has(parameter.name), `${name} ${parameter.name}`);
    }
  });
});

describe('the strategy in sampler.json', () => {
  it('is read as it was chosen, in every file that the trainer package is held to', () => {
    for (const spec of strategySpecs) {
      const { strategy } = readSurroundings(readFileSync(`test/fixtures/vectors/sampler/${spec.name}.json`, 'utf8'));
      const { name, seed, warmup } = strategy;
      assert.equal(name, spec.name);
      assert.deepEqual(chooseStrategy(defaultStrategy, { name, seed, warmup, parameters: parametersOf(strategy) }), { strategy, problems: [] });
    }
  });
});
