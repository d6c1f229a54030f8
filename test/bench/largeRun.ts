import { copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Random } from '../support/fuzz/random';
import { fragments } from './texts';

/** Rollouts of one step, in groups of 16; a row has about as many bytes. */
const rolloutsPerStep = 4096;
const groupSize = 16;
const rowBytes = 1234;
/** So many files are different; the others are the same ones under other names. */
const differentFiles = 32;

/** The directory of a run of about that many bytes in short rows, one file for each step. Its rows have a step and do not say which, so that few files make many. */
export function prepareLargeRun(cache: string, { bytes, seed }: { readonly bytes: number; readonly seed: number }): string {
  const directory = path.join(cache, `large-${bytes}-${seed}`);
  if (existsSync(directory)) return directory;
  const unfinished = `${directory}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const random = new Random(seed);
  const texts = fragments('maths', random, 4000).map((text) => JSON.stringify(text).slice(1, -1));
  const steps = Math.max(1, Math.round(bytes / (rolloutsPerStep * rowBytes)));
  const fileOf = (step: number): string => path.join(unfinished, `${step}.jsonl`);
  for (let step = 1; step <= steps; step++) {
    if (step <= differentFiles) writeFileSync(fileOf(step), rowsOfStep(step, texts, random));
    else linkOrCopy(fileOf(((step - 1) % differentFiles) + 1), fileOf(step));
  }
  renameSync(unfinished, directory);
  return directory;
}

function rowsOfStep(step: number, texts: readonly string[], random: Random): string {
  const text = (bytes: number): string => {
    let whole = '';
    while (whole.length < bytes) whole += random.pick(texts);
    return whole;
  };
  const rows: string[] = [];
  for (let group = 0; group < rolloutsPerStep / groupSize; group++) {
    const prompt = `user\\nProblem ${step}-${group}. ${text(200)}\\nassistant\\n`;
    const answer = random.below(1000);
    for (let i = 0; i < groupSize; i++) {
      const correct = random.chance(0.5);
      rows.push(`{"input": "${prompt}", "output": "${text(500 + random.below(720))}", "gts": "${answer}", "score": ${correct ? '1.0' : '0.0'}, "step": null}\n`);
    }
  }
  return rows.join('');
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Not every file system has links.
    copyFileSync(from, to);
  }
}
