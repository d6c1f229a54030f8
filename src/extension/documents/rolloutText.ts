import type { GroupTexts, RolloutText } from '../../protocol/rollouts';
import { l10n } from '../l10n';
import { jsonText } from './untrustedText';

const rule = '─'.repeat(12);

/** The plain text in which a person reads the rollouts of a group. */
export function rolloutDocument(group: GroupTexts): string {
  const scored = group.rollouts.filter(({ correct }) => correct !== null);
  const correct = scored.reduce((sum, rollout) => sum + (rollout.correct ?? 0), 0);
  const head = [
    l10n.t('Step {0} · {1} of {2} correct · problem {3}', group.step, round(correct), scored.length, group.problem),
    l10n.t('Ground truth: {0}', jsonText(group.groundTruth)),
    ...(group.relabelledTo === null ? [] : [l10n.t('Relabelled to: {0}', jsonText(group.relabelledTo))]),
    ...(group.missing === null ? [] : [group.missing]),
    ...(group.total > group.rollouts.length ? [l10n.t('{0} of {1} rollouts are shown.', group.rollouts.length, group.total)] : []),
  ];
  const parts = group.rollouts.map((rollout, index) => part(headline(rollout, index, group.rollouts.length), responseText(rollout)));
  return [head.join('\n'), part(l10n.t('Prompt'), group.prompt), ...parts].join('\n\n');
}

function headline(rollout: RolloutText, index: number, count: number): string {
  const reward = rollout.reward === null ? l10n.t('no reward') : l10n.t('reward {0}', round(rollout.reward));
  return [l10n.t('Rollout {0} of {1}', index + 1, count), verdict(rollout.correct), reward].join(' · ');
}

function verdict(correct: number | null): string {
  if (correct === null) return l10n.t('not scored');
  if (correct === 1) return l10n.t('correct');
  return correct === 0 ? l10n.t('wrong') : l10n.t('soft {0}', round(correct));
}

function responseText({ response, omittedChars }: RolloutText): string {
  return omittedChars === 0 ? response : `${response}\n${l10n.t('… {0} more characters', omittedChars)}`;
}

function part(title: string, text: string): string {
  return `${rule} ${title} ${rule}\n${text}\n`;
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
