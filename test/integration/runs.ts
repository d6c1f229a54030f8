import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands, ConfigurationTarget, workspace } from 'vscode';
import { commandIds, runsViewId } from '../../src/extension/ids';
import { demoFolder, lastStep, trainMore } from './demo';
import { itInDrivenWindow, ui } from './ui';
import { until } from './until';

const items = '.part.sidebar [role="treeitem"]';

/** The labels of the view's items that are on screen, top to bottom. */
async function labels(): Promise<string[]> {
  const names = await ui<(string | null)[]>('attributes', { selector: items, name: 'aria-label' });
  return names.filter((name) => name !== null);
}

async function expand(part: string): Promise<void> {
  await ui('click', { selector: `${items}[aria-label*=${JSON.stringify(part)}] .monaco-tl-twistie` });
}

/** The runs view shows what the demo trainer writes. */
export function defineRunsTests(): void {
  describe('Runs view', () => {
    before(async () => {
      await commands.executeCommand(`${runsViewId}.focus`);
    });

    itInDrivenWindow('finds the demo run and says its last step', async () => {
      const step = lastStep();
      await until(`a run at step ${step}`, async () => (await labels()).find((label) => label.includes(`step ${step}`)));
    });

    itInDrivenWindow('lists the steps of the run, newest first', async () => {
      const step = lastStep();
      await expand(`step ${step}`);
      // While the run is read for the first time its steps come in from the oldest on.
      const first = await until(`step ${step} on top`, async () => {
        const top = (await labels()).find((label) => label.startsWith('Step '));
        return top?.startsWith(`Step ${step}`) === true ? top : undefined;
      });
      assert.match(first, new RegExp(`^Step ${step}\\b.*\\d+ % pass`));
    });

    itInDrivenWindow('lists the groups of a step with their correct rollouts', async () => {
      await expand(`Step ${lastStep()}`);
      await until('a group of 8 rollouts', async () => (await labels()).find((label) => /\b\d\/8\b/.test(label)));
    });

    itInDrivenWindow('shows a new step without being asked', async () => {
      const step = await trainMore(1);
      await until(`step ${step}`, async () => (await labels()).find((label) => label.startsWith(`Step ${step}`)));
    });

    itInDrivenWindow('says which run root does not exist and what to do, until it exists', async () => {
      const folder = join(demoFolder(), 'later');
      const said = async (): Promise<string> => (await ui<string[]>('texts', { selector: '.part.sidebar .tree-explorer-viewlet-tree-view .message' })).join(' ');
      const settings = workspace.getConfiguration('cdasLens');
      await settings.update('runRoots', [folder], ConfigurationTarget.Workspace);
      try {
        const text = await until('the path', async () => ((await said()).includes(folder) ? said() : undefined));
        assert.match(text, /does not exist\. Create this directory, or correct the setting cdasLens\.runRoots/);
        mkdirSync(folder);
        await commands.executeCommand(commandIds.refreshRuns);
        await until('silence', async () => ((await said()).includes(folder) ? undefined : true));
      } finally {
        await settings.update('runRoots', undefined, ConfigurationTarget.Workspace);
        rmSync(folder, { recursive: true, force: true });
      }
    });

    itInDrivenWindow('says below a run whose rollouts cannot be read what to switch on', async () => {
      const folder = join(demoFolder(), 'unread');
      mkdirSync(join(folder, 'rollout_data'), { recursive: true });
      writeFileSync(join(folder, 'rollout_data/0.pt'), 'as torch.save begins it: rollout_id');
      try {
        await commands.executeCommand(commandIds.refreshRuns);
        // Below the steps of the demo run it would be out of sight.
        await commands.executeCommand(`workbench.actions.treeView.${runsViewId}.collapseAll`);
        await until('the run', async () => (await labels()).find((label) => label.includes('no rollouts to read')));
        await expand('no rollouts to read');
        await until('what to do', async () => (await labels()).find((label) => label.includes('slime wrote these rollouts as pickle')));
      } finally {
        rmSync(folder, { recursive: true });
        await commands.executeCommand(commandIds.refreshRuns);
      }
    });
  });
}
