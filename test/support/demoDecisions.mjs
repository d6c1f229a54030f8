// Decisions about a few problems at the top of a demo's dataset, for pictures: made with the command line, as by a person.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { userError } from './vscodeHost/cleanup.mjs';
import { distRoot } from './vscodeHost/paths.mjs';
import { run } from './vscodeHost/processes.mjs';

const SHOWN_LINES = 36;

async function lens(folder, args) {
  const all = [join(distRoot, 'cli.js'), ...args, '--dir', join(folder, '.cdas')];
  const { code, output } = await run(process.execPath, all, { cwd: folder, quiet: true, timeoutMs: 60_000 });
  if (code !== 0) throw userError(`cdas-lens ${args.join(' ')} ended with exit code ${code}:\n${output}`);
}

function topRows(folder) {
  const lines = readFileSync(join(folder, 'train.jsonl'), 'utf8').split('\n').slice(0, SHOWN_LINES);
  return new Set(lines.map((line) => JSON.parse(line).prompt.at(-1).content));
}

async function listProblems(folder) {
  const args = [join(distRoot, 'cli.js'), 'problems', folder, '--json', '--sort', 'difficulty', '--desc', '--dir', join(folder, '.cdas')];
  // The list of a whole dataset is longer than what is kept of a guarded process's output.
  const { execFileSync } = await import('node:child_process');
  return JSON.parse(execFileSync(process.execPath, args, { maxBuffer: 2 ** 27, encoding: 'utf8' }));
}

/** Corrects the wrong labels among the dataset's first rows, excludes their hardest problem and pins one in between. */
export async function decideOnTopRows(folder) {
  const shown = topRows(folder);
  const problems = (await listProblems(folder)).filter(({ text }) => shown.has(text));
  const wrong = JSON.parse(readFileSync(join(folder, 'demo-wrong-labels.json'), 'utf8')).filter(({ question }) => shown.has(question));
  for (const { id, right } of wrong) {
    await lens(folder, ['relabel', id, '--to', JSON.stringify(right), '--reason', 'the label is wrong', '--run', folder]);
  }
  const rest = problems.filter(({ id }) => !wrong.some((each) => each.id === id));
  await lens(folder, ['exclude', rest[0].id, '--reason', 'out of reach for now', '--run', folder]);
  await lens(folder, ['pin', rest[Math.floor(rest.length / 2)].id, '--run', folder]);
}
