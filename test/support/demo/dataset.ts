import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDatasetRow } from '../../../src/core/datasetIndex';
import { hashOfNormalised, normaliseText, sharedTextProblemId, textProblemId } from '../../../src/core/identity';
import { isRecord, type JsonValue } from '../../../src/core/json';
import { DemoError } from './demoError';
import { encodeQuestion, type EncodedQuestion } from './encoding';
import { generateProblems } from './generate';
import { pythonJson } from './jsonText';
import { parseQuestion } from './problems';
import { writeAtomically } from './writeAtomically';

/** One row of the dataset as the trainer uses it. */
export interface TrainingProblem {
  /** The problem id that a log of this run leads to: the hash of the text. */
  readonly id: string;
  readonly textHash: string;
  /** `extra_info.index`. */
  readonly index: string;
  readonly text: string;
  readonly question: EncodedQuestion;
  /** `reward_model.ground_truth`: what answers are scored against until someone relabels the problem. */
  readonly groundTruth: JsonValue;
  /** The difficulty that the row gives; null when it gives none. */
  readonly difficulty: number | null;
}

/** Writes `train.jsonl` (verl's columns) and the list of its wrong labels, unless they are there already. */
export function createDataset(dir: string, seed: number, count: number): void {
  const path = join(dir, 'train.jsonl');
  if (existsSync(path)) return;
  const problems = generateProblems(seed, count);
  const wrong = problems.flatMap((problem, index) => {
    if (problem.label === problem.answer) return [];
    const id = textProblemId(hashOfNormalised(normaliseText(problem.text)));
    return [{ index: String(index), id, question: problem.text, wrong: problem.label, right: problem.answer }];
  });
  writeAtomically(join(dir, 'demo-wrong-labels.json'), `${JSON.stringify(wrong, null, 2)}\n`);
  const rows = problems.map((problem, index) => ({
    data_source: 'demo/arithmetic',
    prompt: [{ role: 'user', content: problem.text }],
    ability: problem.kind,
    reward_model: { style: 'rule', ground_truth: problem.label },
    extra_info: { split: 'train', index },
  }));
  writeAtomically(path, rows.map((row) => `${pythonJson(row)}\n`).join(''));
}

/** Reads `train.jsonl`. Throws a DemoError that names the line for a row that the demo cannot train on. */
export function readDataset(dir: string): TrainingProblem[] {
  const lines = readFileSync(join(dir, 'train.jsonl'), 'utf8').split('\n');
  const rows = lines.flatMap((line, i) => (line.trim() === '' ? [] : [parseRow(line, i + 1)]));
  if (rows.length === 0) throw new DemoError('train.jsonl holds no problem; delete it to have a new one written.');
  const answersOfText = new Map<string, Set<string>>();
  for (const row of rows) {
    const answers = answersOfText.get(row.textHash) ?? new Set();
    answersOfText.set(row.textHash, answers.add(pythonJson(row.groundTruth)));
  }
  const problems = rows.map((row) => {
    const shared = (answersOfText.get(row.textHash)?.size ?? 0) > 1;
    return { ...row, id: shared ? sharedTextProblemId(row.textHash, row.groundTruth) : textProblemId(row.textHash) };
  });
  refuseRepeated(problems);
  return problems;
}

/** A log cannot tell such rows apart, and a sampler that could would choose otherwise than the log lets expect. */
function refuseRepeated(problems: readonly TrainingProblem[]): void {
  const known = new Set<string>();
  for (const { id, text } of problems) {
    if (known.has(id)) throw new DemoError(`train.jsonl holds ${JSON.stringify(text)} twice with the same answer; delete one of the rows.`);
    known.add(id);
  }
}

function parseRow(line: string, lineNumber: number): Omit<TrainingProblem, 'id'> {
  const wrong = (what: string): DemoError => new DemoError(`train.jsonl line ${lineNumber} ${what}; correct the line, or delete the file to have a new one written.`);
  const row = parseObject(line);
  if (row === null) throw wrong('is not a JSON object');
  const text = member(Array.isArray(row['prompt']) ? row['prompt'].at(-1) : null, 'content');
  const groundTruth = member(row['reward_model'], 'ground_truth');
  if (typeof text !== 'string' || groundTruth === undefined) throw wrong('has no prompt or ground truth');
  const expression = parseQuestion(text);
  if (expression === null) throw wrong('asks what this policy cannot read (it reads "What is 12 + 34?")');
  const index = member(row['extra_info'], 'index');
  return {
    textHash: hashOfNormalised(normaliseText(text)),
    index: typeof index === 'string' || typeof index === 'number' ? String(index) : String(lineNumber - 1),
    text,
    question: encodeQuestion(expression),
    // JSON.parse made it.
    groundTruth: groundTruth as JsonValue,
    difficulty: readDatasetRow(row, () => null)?.difficulty ?? null,
  };
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const row: unknown = JSON.parse(line);
    return isRecord(row) ? row : null;
  } catch {
    return null;
  }
}

function member(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}
