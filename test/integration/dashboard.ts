import assert from 'node:assert/strict';
import { commands, ConfigurationTarget, window, workspace } from 'vscode';
import { commandIds, proseLanguageId, rolloutUriScheme } from '../../src/extension/ids';
import { curationLines, lastStep, trainMore } from './demo';
import type { CspViolation } from './ui';
import { itInDrivenWindow, ui } from './ui';
import { until } from './until';

const frame = { selector: '#competence' };

/** The share of pixels of each canvas that are not transparent. */
const inkOfCanvases = `[...document.querySelectorAll('canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let drawn = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at] > 0) drawn += 1;
  return drawn / (data.length / 4);
})`;

/** The dashboard draws the run and follows it. */
export function defineDashboardTests(): void {
  describe('Dashboard', () => {
    before(async () => {
      await commands.executeCommand(commandIds.openDashboard);
    });

    itInDrivenWindow('draws on every canvas', async () => {
      const ink = await until('every canvas to have ink', async () => {
        const shares = await ui<number[]>('evaluate', { frame, expression: inkOfCanvases });
        return shares.length > 0 && shares.every((share) => share > 0.001) ? shares : undefined;
      });
      assert.ok(ink.length >= 3, `only ${ink.length} canvases`);
    });

    itInDrivenWindow('shows the same figures as a table, the newest step first', async () => {
      await ui('click', { frame, selector: '#competence header button' });
      const rows = await ui<string[]>('texts', { frame, selector: '#competence tbody tr' });
      assert.equal(rows.length, lastStep());
      assert.match(rows[0] ?? '', new RegExp(`^${lastStep()}\\s+[-−+]?0\\.\\d{4}\\s`));
    });

    itInDrivenWindow('takes in a new step while it is open', async () => {
      const step = await trainMore(1);
      await until(`a table row of step ${step}`, async () => {
        const [newest] = await ui<string[]>('texts', { frame, selector: '#competence tbody tr' });
        return newest?.startsWith(`${step}\t`) ? newest : undefined;
      });
      await ui('click', { frame, selector: '#competence header button' });
    });

    itInDrivenWindow('draws anew in the colours of another theme', async () => {
      const picture = `document.querySelector('#competence canvas').toDataURL()`;
      const before = await ui<string>('evaluate', { frame, expression: picture });
      const theme = workspace.getConfiguration('workbench');
      await theme.update('colorTheme', 'Default High Contrast', ConfigurationTarget.Global);
      await until('another picture', async () => ((await ui<string>('evaluate', { frame, expression: picture })) === before ? undefined : true));
      await theme.update('colorTheme', undefined, ConfigurationTarget.Global);
    });

    itInDrivenWindow('turns a click on a problem into a decision', async () => {
      const count = curationLines('decisions.jsonl').length;
      await ui('click', { frame, selector: '#problems [data-row="0"] .decisionButtons button' });
      await until('a decision', () => (curationLines('decisions.jsonl').length === count + 1 ? true : undefined));
      await ui('waitFor', { frame, selector: '#problems [data-row="0"] .chip.pending' });
      await commands.executeCommand(commandIds.undo);
    });

    itInDrivenWindow('leads from a problem to its rollouts, and is as it was left when it is shown again', async () => {
      await ui('click', { frame, selector: '#problems [data-row="0"] .number' });
      await ui('click', { frame, selector: '#card .history button' });
      const shown = await until('the rollouts', () => [window.activeTextEditor?.document].find((document) => document?.uri.scheme === rolloutUriScheme));
      assert.equal(shown.languageId, proseLanguageId);
      assert.match(shown.getText(), /^Step \d+ · \d+ of 8 correct/);
      await commands.executeCommand('workbench.action.closeActiveEditor');
      await commands.executeCommand(commandIds.openDashboard);
      await ui('waitFor', { frame, selector: '#card .history' });
    });
  });
}

/** To be defined last: what the webviews were refused in the whole run. */
export function defineContentSecurityTests(): void {
  describe('Webviews', () => {
    itInDrivenWindow('never strayed from their content security policy', async () => {
      const violations = await ui<CspViolation[]>('cspViolations');
      assert.deepEqual(violations.filter((violation) => violation.inWebview).map((violation) => violation.text), []);
    });
  });
}
