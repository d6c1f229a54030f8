// Decisions about a few problems at the top of a demo's dataset, for pictures: made with the command line, as by a person.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { distRoot } from './vscodeHost/paths.mjs';

const SHOWN_LINES = 36;

function lens(folder, args) {
  const all = [join(distRoot, 'cli.js'), ...args, '--dir', join(folder, '.cdas')];
  return execFileSync(process.execPath, all, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 27, timeout: 60_000 });
}

function topRows(folder) {
  const lines = readFileSync(join(folder, 'train.jsonl'), 'utf8').split('\n').slice(0, SHOWN_LINES);
  return new Set(lines.map((line) => JSON.parse(line).prompt.at(-1).content));
}

/** Corrects the wrong labels among the dataset's first rows, excludes their hardest problem and pins one in between. */
export function decideOnTopRows(folder) {
  const shown = topRows(folder);
  const listed = JSON.parse(lens(folder, ['problems', folder, '--json', '--sort', 'difficulty', '--desc']));
  const problems = listed.filter(({ text }) => shown.has(text));
  const wrong = JSON.parse(readFileSync(join(folder, 'demo-wrong-labels.json'), 'utf8')).filter(({ question }) => shown.has(question));
  for (const { id, right } of wrong) {
    lens(folder, ['relabel', id, '--to', JSON.stringify(right), '--reason', 'the label is wrong', '--run', folder]);
  }
  const rest = problems.filter(({ id }) => !wrong.some((each) => each.id === id));
  lens(folder, ['exclude', rest[0].id, '--reason', 'out of reach for now', '--run', folder]);
  lens(folder, ['pin', rest[Math.floor(rest.length / 2)].id, '--run', folder]);
}
