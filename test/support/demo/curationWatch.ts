import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { receiptSchema } from '../../../src/core/receiptParse';
import type { TrainerSampler } from '../../../src/core/trainerSampler';
import { applyConfig, ProblemFinder, sameJson, type Curation } from './curation';
import type { TrainingProblem } from './dataset';
import { experimentName } from './runFiles';
import { parseSamplerConfig, readSamplerFile, type SamplerConfig } from './samplerConfig';

/** Takes a line for the person who watches. */
export type Log = (line: string) => void;

/** A config that has just taken effect. */
export interface CurationChange {
  /** Problems that are scored against another answer from now on. */
  readonly rescored: readonly number[];
  /** How to sample from now on, as the config has it. */
  readonly strategy: SamplerConfig['strategy'];
}

const adapter = 'cdas-demo-trainer 0.1.0';

/** Keeps to `.cdas/sampler.json`: looks at it before every step, applies it, and leaves a receipt when a new one takes effect. */
export class CurationWatch {
  private current: Curation;
  private inForce: { readonly config: SamplerConfig; readonly text: string } | null = null;
  private lastComplaint: string | null = null;
  private readonly finder: ProblemFinder;

  constructor(private readonly dir: string, private readonly problems: readonly TrainingProblem[], private readonly log: Log) {
    this.finder = new ProblemFinder(problems);
    this.current = applyConfig(null, problems, this.finder);
  }

  get curation(): Curation {
    return this.current;
  }

  /** The text of the config in force, for a checkpoint. */
  get configText(): string | null {
    return this.inForce?.text ?? null;
  }

  /** Goes back to the config of a checkpoint, without a receipt: it had one. */
  restore(text: string | null): void {
    const config = text === null ? null : parseSamplerConfig(text);
    if (text === null || config === null || typeof config === 'string') return;
    this.inForce = { config, text };
    this.current = applyConfig(config, this.problems, this.finder);
  }

  /** Looks at the file before a step is sampled; null when nothing new is in force. */
  look(): CurationChange | null {
    const file = readSamplerFile(join(this.dir, '.cdas', 'sampler.json'));
    if (file.kind === 'invalid') this.complain(`.cdas/sampler.json ${file.why}; the last good one stays in force`);
    if (file.kind !== 'valid') return null;
    this.lastComplaint = null;
    if (file.config.digest === this.inForce?.config.digest) return null;
    const before = this.current.groundTruth;
    this.inForce = file;
    this.current = applyConfig(file.config, this.problems, this.finder);
    if (this.current.counts.ignored !== undefined) this.log('.cdas/sampler.json excludes every problem; the last one stays in');
    const rescored = this.current.groundTruth.flatMap((answer, i) => (sameJson(answer, before[i] ?? null) ? [] : [i]));
    return { rescored, strategy: file.config.strategy };
  }

  /** Leaves the receipt of the config in force: it holds from `step` on, with batches chosen like this. */
  confirm(step: number, sampler: TrainerSampler): void {
    if (this.inForce === null) return;
    const { generation, digest } = this.inForce.config;
    const receipt = {
      schema: receiptSchema, at: new Date().toISOString(), generation, digest, appliedAtStep: step,
      ...this.current.counts, adapter, run: experimentName, sampler,
    };
    try {
      mkdirSync(join(this.dir, '.cdas'), { recursive: true });
      appendFileSync(join(this.dir, '.cdas', 'receipts.jsonl'), `${JSON.stringify(receipt)}\n`);
    } catch (error) {
      this.log(`no receipt could be written (${error instanceof Error ? error.message : String(error)}); training goes on`);
    }
  }

  /** Says the same thing once, not at every step. */
  private complain(line: string): void {
    if (line !== this.lastComplaint) this.log(line);
    this.lastComplaint = line;
  }
}
