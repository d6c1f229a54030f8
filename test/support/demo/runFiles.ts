import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord, type JsonValue } from '../../../src/core/json';
import { pythonJson } from './jsonText';
import { writeAtomically } from './writeAtomically';

/** The names under which verl files a run. */
export const projectName = 'cdas_demo';
export const experimentName = 'tiny_grpo_arithmetic';

/** One line of a rollout dump. */
export interface LoggedRollout {
  readonly question: string;
  readonly output: string;
  readonly groundTruth: JsonValue;
  readonly score: 0 | 1;
}

const systemPrompt = 'You are Qwen, created by Alibaba Cloud. You are a helpful assistant.';

/**
 * Writes `rollouts/{step}.jsonl` as verl 0.7 does: the file truncated and written whole, the prompt in Qwen2.5's chat
 * template with its special tokens removed.
 */
export function writeRollouts(dir: string, step: number, rollouts: readonly LoggedRollout[]): void {
  const folder = join(dir, 'rollouts');
  mkdirSync(folder, { recursive: true });
  const lines = rollouts.map(({ question, output, groundTruth, score }) => {
    const input = `system\n${systemPrompt}\nuser\n${question}\nassistant\n`;
    // Python writes the float 1.0, which JSON.stringify would shorten to 1.
    return `{"input": ${pythonJson(input)}, "output": ${pythonJson(output)}, "gts": ${pythonJson(groundTruth)}, "score": ${score}.0, "step": ${step}}\n`;
  });
  writeFileSync(join(dir, 'rollouts', `${step}.jsonl`), lines.join(''));
}

/** Appends a step to verl's file logger, `{project}/{experiment}.jsonl`. */
export function appendMetrics(dir: string, step: number, data: Readonly<Record<string, number>>): void {
  mkdirSync(join(dir, projectName), { recursive: true });
  appendFileSync(metricsPath(dir), `${JSON.stringify({ step, data })}\n`);
}

/** Removes the metrics of steps after `step`, which a resumed run will train again. */
export function trimMetrics(dir: string, step: number): void {
  if (!existsSync(metricsPath(dir))) return;
  const lines = readFileSync(metricsPath(dir), 'utf8').split('\n');
  const kept = lines.filter((line) => line !== '' && stepOf(line) <= step);
  writeAtomically(metricsPath(dir), kept.map((line) => `${line}\n`).join(''));
}

function metricsPath(dir: string): string {
  return join(dir, projectName, `${experimentName}.jsonl`);
}

/** Infinity for a line that was cut off by a crash, so that it goes. */
function stepOf(line: string): number {
  try {
    const row: unknown = JSON.parse(line);
    return isRecord(row) && typeof row['step'] === 'number' ? row['step'] : Infinity;
  } catch {
    return Infinity;
  }
}
