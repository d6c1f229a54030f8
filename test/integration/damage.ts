import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { commands } from 'vscode';
import { commandIds } from '../../src/extension/ids';
import { applyCodeAction, openDataset } from './datasetLines';
import { demoUri, samplerProblems } from './demo';
import { itInDrivenWindow, ui } from './ui';
import { until } from './until';

const half = '{"schema":"cdas-decision/1","id":"01J0000';

/** A decisions file that was cut off in the middle of a line. */
export function defineDamageTests(): void {
  describe('A half-written decisions file', () => {
    const path = (): string => demoUri('.cdas/decisions.jsonl').fsPath;

    before(async () => {
      await openDataset(2);
      appendFileSync(path(), half);
    });

    it('keeps its damaged line, and the next decision stands on a line of its own', async () => {
      await applyCodeAction('Pin', 2);
      const lines = readFileSync(path(), 'utf8').trimEnd().split('\n');
      assert.equal(lines.at(-2), half);
      assert.match(lines.at(-1)!, /"action":"pin"/);
      await until('the pin in sampler.json', () => ([...samplerProblems().values()].some((entry) => JSON.stringify(entry).includes('"pin"')) ? true : undefined));
    });

    itInDrivenWindow('is reported in the dashboard with the number of the line', async () => {
      const number = readFileSync(path(), 'utf8').split('\n').indexOf(half) + 1;
      await commands.executeCommand(commandIds.openDashboard);
      await until(`a warning about line ${number}`, async () => {
        const text = await ui<string>('text', { frame: { selector: '#competence' } });
        return new RegExp(`decisions\\.jsonl.*line ${number}\\b|line ${number}\\b.*decisions\\.jsonl`, 'i').test(text) ? text : undefined;
      });
    });
  });
}
