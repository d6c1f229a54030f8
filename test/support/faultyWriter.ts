import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** What a writer can do to a log; the numbers say to which part of it, whatever is there. */
export interface Fault {
  readonly kind: (typeof faultKinds)[number];
  readonly run: number;
  readonly step: number;
  readonly salt: number;
}

/** Everything that trainers, people, rsync and crashes do to log files. */
export const faultKinds = [
  'append', 'append', 'append', 'append', 'append', 'append', 'append', 'append', 'tear', 'finish', 'truncate', 'rewrite', 'rewriteSameSize', 'rewriteOldTime', 'patch', 'replace',
  'away', 'back', 'swap', 'remove', 'removeRun', 'renameRun', 'compress', 'touch', 'empty', 'noise',
] as const;

/** The runs of the tree: a file per step (verl), a file per launch (neutral), a directory per step (rLLM). */
const runKinds = ['verl', 'neutral', 'rllm'] as const;

/** Does one thing to the logs below a directory. */
export function applyFault(root: string, fault: Fault): void {
  const kind = runKinds[fault.run % runKinds.length] ?? 'verl';
  const run = path.join(root, `${kind}${fault.run % 2}`);
  const file = fileOf(run, kind, fault);
  const action = actions[fault.kind];
  if (action.needsFile && !existsSync(file)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  action.act({ root, run, file, text: textOf(kind, fault), salt: fault.salt });
}

interface Target {
  readonly root: string;
  readonly run: string;
  readonly file: string;
  readonly text: string;
  readonly salt: number;
}

interface Action {
  readonly needsFile: boolean;
  readonly act: (target: Target) => void;
}

const noon = new Date('2026-01-01T12:00:00Z');

const actions: Readonly<Record<Fault['kind'], Action>> = {
  append: onAny(({ file, text }) => appendFileSync(file, text)),
  tear: onAny(({ file, text, salt }) => appendFileSync(file, text.slice(0, salt % text.length))),
  finish: onFile(({ file }) => appendFileSync(file, '\n')),
  truncate: onFile(({ file, salt }) => writeFileSync(file, readFileSync(file).subarray(0, salt % (1 + statSync(file).size)))),
  rewrite: onAny(({ file, text }) => writeFileSync(file, text)),
  rewriteSameSize: onFile(({ file, text }) => writeFileSync(file, sameSize(file, text))),
  rewriteOldTime: onFile(({ file, text }) => {
    writeFileSync(file, sameSize(file, text));
    utimesSync(file, noon, noon);
  }),
  patch: onFile(({ file, salt }) => writeFileSync(file, patched(readFileSync(file, 'latin1'), salt), 'latin1')),
  replace: onAny(({ file, text }) => {
    writeFileSync(`${file}.tmp`, existsSync(file) ? Buffer.concat([readFileSync(file), Buffer.from(text)]) : text);
    renameSync(`${file}.tmp`, file);
  }),
  away: onFile(({ file }) => renameSync(file, `${file}.away`)),
  back: onAny(({ file }) => {
    if (existsSync(`${file}.away`)) renameSync(`${file}.away`, file);
  }),
  swap: onFile(({ file }) => {
    if (!existsSync(`${file}.away`)) return;
    renameSync(file, `${file}.swap`);
    renameSync(`${file}.away`, file);
    renameSync(`${file}.swap`, `${file}.away`);
  }),
  remove: onFile(({ file }) => rmSync(file)),
  removeRun: onAny(({ run }) => rmSync(run, { recursive: true })),
  renameRun: onAny(({ run }) => {
    const other = run.replace(/\d$/, (digit) => String(1 - Number(digit)));
    if (!existsSync(other)) renameSync(run, other);
  }),
  compress: onFile(({ file }) => {
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)));
    rmSync(file);
  }),
  touch: onFile(({ file }) => utimesSync(file, new Date(), new Date(Date.now() + 86_400_000))),
  empty: onAny(({ file }) => writeFileSync(file, '')),
  noise: onAny(({ file, salt }) => appendFileSync(file, `${'\u0000garbage'.repeat(salt % 4)}\n`)),
};

function onAny(act: Action['act']): Action {
  return { needsFile: false, act };
}

function onFile(act: Action['act']): Action {
  return { needsFile: true, act };
}

function fileOf(run: string, kind: (typeof runKinds)[number], { step, salt }: Fault): string {
  if (kind === 'verl') return path.join(run, 'rollouts', `${1 + (step % 5)}.jsonl`);
  if (kind === 'neutral') return path.join(run, `rollouts-${1 + (step % 3)}.jsonl`);
  return path.join(run, 'episodes', `train_step_${1 + (step % 3)}_epoch_0`, `episode_hash${salt % 6}.json`);
}

function textOf(kind: (typeof runKinds)[number], { step, salt }: Fault): string {
  const score = (i: number): number => ((salt >> i) & 1);
  if (kind === 'rllm') {
    // A rollout has one file, which has its name.
    return JSON.stringify({ training_step: 1 + (step % 3), epoch: 0, episode_id: `q:${step % 3}:${salt % 6}`, task: { question: `Q${salt % 3}` }, is_correct: score(3) === 1, trajectories: [{ reward: score(3), steps: [] }] }).padEnd(220);
  }
  const row = (i: number): object =>
    kind === 'verl'
      ? { input: `user\nProblem ${salt % 4}\nassistant\n`, output: 'o', gts: '1', score: score(i), step: 1 + (step % 5) }
      : { schema: 'cdas-rollout/1', step: salt % 4, problem_id: `p${step % 4}`, group_id: `${salt}`, sample_index: i, reward: score(i), prompt: 'Q', response: 'r' };
  return [0, 1, 2, 3].map((i) => `${JSON.stringify(row(i))}\n`).join('');
}

function sameSize(file: string, text: string): string {
  const { size } = statSync(file);
  return text.repeat(1 + Math.floor(size / text.length)).slice(0, size);
}

/** Turns one verdict over, at the same length. */
function patched(text: string, salt: number): string {
  const places = [...text.matchAll(/"(?:score|reward)":[01]/g)].map(({ index, 0: match }) => index + match.length - 1);
  const place = places[salt % Math.max(1, places.length)];
  return place === undefined ? text : `${text.slice(0, place)}${text[place] === '0' ? '1' : '0'}${text.slice(place + 1)}`;
}
