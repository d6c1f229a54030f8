import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { ProblemRow, RunSummary } from '../../protocol/run';
import type { Engine } from '../engine/engineClient';
import type { Log } from '../log';
import { problemDescription } from '../runs/runText';
import { oneLine, withoutIcons } from '../documents/untrustedText';

const shownProblems = 100;
const typingMs = 150;

interface ProblemItem extends vscode.QuickPickItem {
  readonly problem: string;
}

/** Lets a person search a run's problems by id or text; undefined when they choose none. */
export async function pickProblem(engine: Engine, run: RunSummary, log: Log): Promise<string | undefined> {
  const picker = vscode.window.createQuickPick<ProblemItem>();
  picker.title = vscode.l10n.t('Problem in {0}', oneLine(run.name, 60));
  picker.placeholder = vscode.l10n.t('Type part of a problem\'s text or id');
  let timer: NodeJS.Timeout | undefined;
  const search = async (): Promise<void> => {
    const wanted = picker.value;
    picker.busy = true;
    try {
      const items = await findProblems(engine, run.id, wanted);
      if (picker.value === wanted) picker.items = items;
    } catch (error) {
      log.warn(`The problems could not be searched: ${messageOf(error)}`);
    } finally {
      if (picker.value === wanted) picker.busy = false;
    }
  };
  picker.onDidChangeValue(() => {
    clearTimeout(timer);
    timer = setTimeout(() => void search(), typingMs);
  });
  const chosen = new Promise<string | undefined>((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.problem);
      picker.hide();
    });
    picker.onDidHide(() => resolve(undefined));
  });
  picker.show();
  void search();
  const problem = await chosen;
  clearTimeout(timer);
  picker.dispose();
  return problem;
}

async function findProblems(engine: Engine, run: string, search: string): Promise<ProblemItem[]> {
  const query = { run, sort: 'lastStep', descending: true, offset: 0, limit: shownProblems } as const;
  const page = await engine.call('problems', search.trim() === '' ? query : { ...query, search: search.trim() });
  return page.rows.map(problemItem);
}

function problemItem(row: ProblemRow): ProblemItem {
  return {
    problem: row.id,
    label: withoutIcons(oneLine(row.text, 120) || row.id),
    // A long text leaves no room beside it.
    detail: withoutIcons(`${problemDescription(row)} · ${oneLine(row.id, 80)}`),
    // The engine has searched; the picker must not filter its findings again.
    alwaysShow: true,
  };
}
