import assert from 'node:assert/strict';
import type { Hover } from 'vscode';
import { commands, MarkdownString, Position, window } from 'vscode';
import { isRecord } from '../../src/core/json';
import { commandIds, rolloutUriScheme } from '../../src/extension/ids';
import { annotation, applyCodeAction, openDataset } from './datasetLines';
import { curationLines, demoUri, samplerProblems, trainMore } from './demo';
import { itInDrivenWindow, ui } from './ui';
import { until } from './until';

function lastOf(name: string): Record<string, unknown> {
  const last = curationLines(name).at(-1);
  assert.ok(last, `${name} is empty`);
  return last;
}

async function samplerEntry(problem: string): Promise<Record<string, unknown>> {
  const entry = await until(`${problem} in sampler.json`, () => samplerProblems().get(problem));
  assert.ok(isRecord(entry));
  return entry;
}

/** The facts and the links that stand in the hover of a line, and whether each may run commands. */
async function hoverOf(line: number): Promise<{ readonly text: string; readonly trusted: boolean }[]> {
  const hovers = await commands.executeCommand<Hover[]>('vscode.executeHoverProvider', demoUri('train.jsonl'), new Position(line, 3));
  return hovers
    .flatMap((hover) => hover.contents)
    .filter((part) => part instanceof MarkdownString)
    .map((part) => ({ text: part.value, trusted: part.isTrusted !== undefined && part.isTrusted !== false }));
}

/** What a person sees on the lines of a dataset. */
export function defineDatasetTests(): void {
  describe('Dataset file', () => {
    before(() => openDataset());

    itInDrivenWindow('shows difficulty and recent pass rates on its visible lines', async () => {
      await annotation(/D [-−+]?0\.\d\d · (\d\/8 ?)+ · \d+ visits?/);
    });

    it('tells the facts in a hover and offers the decisions there, without trusting the text of the log', async () => {
      const parts = await until('a hover', async () => ((await hoverOf(0)).length > 1 ? hoverOf(0) : undefined));
      assert.match(parts[0]!.text, /Difficulty|Not sampled yet/);
      assert.equal(parts[0]!.trusted, false);
      assert.ok(parts.some(({ text }) => text.includes(`command:${commandIds.exclude}`)));
    });
  });
}

/** An exclusion goes out to the trainer, comes back, and can be taken back. */
export function defineExcludeTests(): void {
  describe('Excluding from a dataset line', () => {
    let problem: string;

    before(() => openDataset());

    it('appends the decision', async () => {
      const count = curationLines('decisions.jsonl').length;
      await applyCodeAction('Exclude');
      assert.equal(curationLines('decisions.jsonl').length, count + 1);
      const decision = lastOf('decisions.jsonl');
      assert.equal(decision['action'], 'exclude');
      assert.equal(decision['schema'], 'cdas-decision/1');
      problem = String(decision['problem']);
    });

    it('compiles it into sampler.json', async () => {
      assert.equal((await samplerEntry(problem))['membership'], 'exclude');
    });

    itInDrivenWindow('marks the line as pending while no receipt has come', async () => {
      await annotation(/excluded, pending/);
    });

    it('is obeyed by the trainer, which writes a receipt', async () => {
      await trainMore(2);
      assert.equal(lastOf('receipts.jsonl')['excluded'], 1);
    });

    itInDrivenWindow('turns the line to active from the step of the receipt', async () => {
      await annotation(new RegExp(`excluded, active from step ${String(lastOf('receipts.jsonl')['appliedAtStep'])}\\b`));
    });

    it('is taken back by undo', async () => {
      await commands.executeCommand(commandIds.undo);
      assert.equal(lastOf('decisions.jsonl')['action'], 'revert');
      await until('sampler.json without the problem', () => (samplerProblems().has(problem) ? undefined : true));
    });
  });
}

/** A corrected answer goes out to the trainer. */
export function defineRelabelTests(): void {
  describe('Relabelling from a dataset line', () => {
    before(() => openDataset(1));

    itInDrivenWindow('asks for the ground truth and appends it', async () => {
      // Not awaited: it waits for what is typed below.
      void commands.executeCommand(commandIds.relabel);
      await ui('fill', { selector: '.quick-input-widget input', text: '123456' });
      await ui('press', { keys: 'Enter' });
      const decision = await until('a relabel', () => curationLines('decisions.jsonl').find(({ action }) => action === 'relabel'));
      assert.equal(decision['groundTruth'], '123456');
      assert.equal((await samplerEntry(String(decision['problem'])))['groundTruth'], '123456');
    });

    itInDrivenWindow('is in force once the trainer has confirmed it', async () => {
      await trainMore(1);
      assert.equal(lastOf('receipts.jsonl')['relabelled'], 1);
      await annotation(/relabelled 123456, active from step \d+/);
    });

    itInDrivenWindow('shows in open rollouts that are asked for again, and no longer once it is undone', async () => {
      const { problem } = lastOf('decisions.jsonl');
      await commands.executeCommand(commandIds.showRollouts, { run: null, problem });
      const document = await until('the rollouts', () => [window.activeTextEditor?.document].find((shown) => shown?.uri.scheme === rolloutUriScheme));
      assert.match(document.getText(), /^Relabelled to: 123456$/m);
      await commands.executeCommand(commandIds.undo);
      await trainMore(1);
      // The extension's own words.
      const { step } = JSON.parse(document.uri.query) as { readonly step: number };
      await until('the rollouts without it', async () => {
        await commands.executeCommand(commandIds.showRollouts, { run: null, problem, step });
        return document.getText().includes('Relabelled to') ? undefined : true;
      });
    });
  });
}
