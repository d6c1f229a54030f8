import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../../../src/core/json';
import type { Adam } from './adam';
import type { SamplerState } from './batchSampler';
import { DemoError } from './demoError';
import type { Policy } from './policy';
import { experimentName, projectName } from './runFiles';
import { writeAtomically } from './writeAtomically';

/** What a checkpoint holds besides the weights. The random numbers depend on seed and step alone. */
export interface TrainerState {
  readonly step: number;
  readonly optimiserSteps: number;
  readonly sampler: SamplerState;
  /** The text of the sampler.json in force; null when there has been none. */
  readonly samplerConfig: string | null;
}

const keptCheckpoints = 2;

/** Writes `global_step_N`, points verl's `latest_checkpointed_iteration.txt` at it, and removes all but the newest few. */
export function saveCheckpoint(dir: string, state: TrainerState, policy: Policy, optimiser: Adam): void {
  const folder = checkpointFolder(dir);
  const target = join(folder, `global_step_${state.step}`);
  const temporary = `${target}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(join(temporary, 'actor'), { recursive: true });
  writeFileSync(join(temporary, 'actor', 'model.bin'), bytesOf(policy.parameters));
  writeFileSync(join(temporary, 'actor', 'optim.bin'), Buffer.concat([bytesOf(optimiser.mean), bytesOf(optimiser.variance)]));
  writeFileSync(join(temporary, 'state.json'), JSON.stringify(state));
  rmSync(target, { recursive: true, force: true });
  renameSync(temporary, target);
  writeAtomically(join(folder, 'latest_checkpointed_iteration.txt'), String(state.step));
  removeOld(folder, state.step);
}

/** Puts policy and optimiser back to the newest checkpoint and returns the rest of it; null when there is none. */
export function loadCheckpoint(dir: string, policy: Policy, optimiser: Adam): TrainerState | null {
  const pointer = join(checkpointFolder(dir), 'latest_checkpointed_iteration.txt');
  if (!existsSync(pointer)) return null;
  const folder = join(checkpointFolder(dir), `global_step_${readFileSync(pointer, 'utf8').trim()}`);
  try {
    const state = parseState(readFileSync(join(folder, 'state.json'), 'utf8'));
    const moments = readNumbers(join(folder, 'actor', 'optim.bin'), optimiser.mean.length * 2);
    policy.parameters.set(readNumbers(join(folder, 'actor', 'model.bin'), policy.parameters.length));
    optimiser.mean.set(moments.subarray(0, optimiser.mean.length));
    optimiser.variance.set(moments.subarray(optimiser.mean.length));
    optimiser.steps = state.optimiserSteps;
    return state;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DemoError(`The checkpoint ${folder} cannot be read (${why}). Delete ${checkpointFolder(dir)} to train from the start; the rollouts stay until they are written anew.`);
  }
}

function checkpointFolder(dir: string): string {
  return join(dir, 'checkpoints', projectName, experimentName);
}

function bytesOf(numbers: Float64Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function readNumbers(path: string, count: number): Float64Array {
  const bytes = readFileSync(path);
  if (bytes.byteLength !== count * 8) throw new Error(`${path} holds ${bytes.byteLength} bytes instead of ${count * 8}`);
  // A copy, because the pooled buffer may start at an address that is no multiple of 8.
  return new Float64Array(new Uint8Array(bytes).buffer);
}

function parseState(text: string): TrainerState {
  const state: unknown = JSON.parse(text);
  if (!isRecord(state) || typeof state['step'] !== 'number' || !isRecord(state['sampler']) || !Array.isArray(state['sampler']['events'])) throw new Error('state.json is incomplete, or of another version');
  // Written whole and renamed by saveCheckpoint; the fields above tell it from anything else.
  return state as unknown as TrainerState;
}

function removeOld(folder: string, newest: number): void {
  const steps = readdirSync(folder).flatMap((name) => {
    const match = /^global_step_(\d+)$/.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
  // Steps after the newest are of an attempt that was taken back.
  const old = steps.filter((step) => step !== newest).sort((a, b) => b - a).filter((step, i) => step > newest || i >= keptCheckpoints - 1);
  for (const step of old) rmSync(join(folder, `global_step_${step}`), { recursive: true, force: true });
}
