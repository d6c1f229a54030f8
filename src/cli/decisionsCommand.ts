import type { Decision } from '../core/decision';
import type { DecisionStanding } from '../core/decisionStatus';
import type { CurationState } from '../core/decisionFold';
import { plural } from '../core/plural';
import type { Command, Invocation } from './command';
import { openDesk } from './decisionCommands';
import { directoryOption } from './sessionOptions';
import { warnOfCuration } from './warnings';

/** `decisions`: what was decided, and where each decision stands with the trainer. */
export const decisionsCommand: Command = {
  name: 'decisions',
  usage: '',
  summary: 'List the decisions and whether the trainer follows each of them.',
  arity: { min: 0, max: 0 },
  options: [{ name: 'run', value: 'RUN', help: 'use the steps and receipts of this run' }, directoryOption],
  run: async (invocation) => {
    const { store, view } = await openDesk(invocation);
    const state = store.state(view());
    const standings = store.standings(view());
    warnOfCuration(store, view());
    if (!invocation.json) {
      const { notFollowed, warnings } = store.summary(view());
      const none = warnings.length === 0 ? 'No decisions yet. `cdas-lens exclude ID` writes the first.' : 'No decisions are known; see the warnings.';
      print(invocation, standings, none);
      for (const { why, count } of notFollowed) invocation.output.line(`! ${plural(count, 'decision')}: ${why}`);
      if (store.hasLapsed(view())) invocation.output.line('! sampler.json still holds expired decisions: `cdas-lens compile RUN` removes them; `watch` does so by itself.');
      return;
    }
    const { directory, warnings, lastReceipt } = store.summary(view());
    invocation.output.json({
      directory,
      generation: state.generation,
      problems: problemStates(state),
      decisions: standings.map(({ decision, state: standing, activeFromStep, why }) => ({ ...decision, state: standing, activeFromStep, why })),
      lastReceipt,
      warnings,
    });
  },
};

function problemStates({ problems }: CurationState): readonly object[] {
  return [...problems]
    .filter(([, { membership, relabel }]) => membership !== 'normal' || relabel !== null)
    .map(([id, { membership, membershipDecision, relabel, conflicts }]) => ({
      id,
      membership,
      membershipDecision,
      relabelledTo: relabel?.groundTruth ?? null,
      relabelDecision: relabel?.decision ?? null,
      conflicts,
    }));
}

function stateOf({ state, activeFromStep, why }: DecisionStanding): string {
  if (why !== null) return state === why ? state : `${state}: ${why}`;
  return activeFromStep === null ? state : `${state}, from step ${activeFromStep}`;
}

function actionOf({ action, groundTruth, ref }: Decision): string {
  if (action === 'relabel') return `relabel ${JSON.stringify(groundTruth)}`;
  return ref === undefined ? action : `${action} ${ref}`;
}

function print({ output }: Invocation, standings: readonly DecisionStanding[], none: string): void {
  output.table(
    standings,
    [
      { title: 'DECISION', cell: ({ decision }) => decision.id },
      { title: 'AT', cell: ({ decision }) => decision.at.slice(0, 19) },
      { title: 'BY', cell: ({ decision }) => decision.by, maxChars: 24 },
      { title: 'ACTION', cell: ({ decision }) => actionOf(decision), maxChars: 34 },
      { title: 'PROBLEM', cell: ({ decision }) => decision.problem ?? null },
      { title: 'STATE', cell: stateOf },
      { title: 'REASON', cell: ({ decision }) => decision.reason ?? null },
    ],
    none,
  );
}
