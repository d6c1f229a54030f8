import { correctness, maxDistinct, type CorrectRule, type RewardEvidence } from '../core/correctRule';
import type { LogFile } from '../logs/logFile';
import type { RolloutTable, StepRange } from '../logs/rolloutTable';

/** The rollouts of one problem in one step. */
export interface Group {
  readonly problem: number;
  /** Rollouts logged, and those that are scored under the rule. */
  n: number;
  scored: number;
  /** A sum of fractions under a soft rule. */
  correct: number;
  rewardSum: number;
  rewarded: number;
}

/** One step of a run, grouped by problem in order of first appearance. */
export interface StepGroups {
  readonly step: number;
  readonly groups: readonly Group[];
  readonly rollouts: number;
  readonly superseded: number;
  readonly lengthSum: number;
  readonly lengthCount: number;
}

/** Rows of one file that belong to a step. */
export interface StepRows {
  readonly file: LogFile;
  readonly range: StepRange;
  readonly launch: number;
  /** False where rows of the same key are not the same rollout. */
  readonly keysAreNames?: boolean;
}

interface RewardTally {
  count: number;
  explicitTrue: number;
  explicitFalse: number;
}

/** What the rewards of one step look like; merged over the run to find the correctness rule. */
export interface StepEvidence {
  readonly tallies: ReadonlyMap<number, RewardTally> | null;
  readonly min: number;
  readonly max: number;
  readonly scored: number;
  readonly explicit: number;
}

/** The rows of a step that count: where rollouts are named, the last row of each name. */
export function* countingRows(rows: readonly StepRows[]): Generator<{ readonly table: RolloutTable; readonly row: number }> {
  const lastOfKey = new Map<number, string>();
  rows.forEach(({ file, range, keysAreNames }, part) => {
    if (keysAreNames === false) return;
    for (let row = range.start; row < range.end; row++) {
      const key = file.table.key(row);
      if (key !== 0) lastOfKey.set(key, `${part} ${row}`);
    }
  });
  for (const [part, { file, range }] of rows.entries()) {
    for (let row = range.start; row < range.end; row++) {
      const key = file.table.key(row);
      if (key === 0 || !lastOfKey.has(key) || lastOfKey.get(key) === `${part} ${row}`) yield { table: file.table, row };
    }
  }
}

/** Groups the rollouts of a step by problem and judges them. */
export function groupStep(step: number, rows: readonly StepRows[], rule: CorrectRule, problemOf: (prompt: number) => number): StepGroups {
  const groups = new Map<number, Group>();
  const total = rows.reduce((sum, { range }) => sum + range.end - range.start, 0);
  let rollouts = 0;
  let lengthSum = 0;
  let lengthCount = 0;
  for (const { table, row } of countingRows(rows)) {
    rollouts++;
    addRollout(groups, table, row, { rule, problem: problemOf(table.prompt(row)) });
    const length = table.lengthChars(row);
    if (length !== null) {
      lengthSum += length;
      lengthCount++;
    }
  }
  return { step, groups: [...groups.values()], rollouts, superseded: total - rollouts, lengthSum, lengthCount };
}

function addRollout(
  groups: Map<number, Group>,
  table: RolloutTable,
  row: number,
  judged: { readonly rule: CorrectRule; readonly problem: number },
): void {
  const { problem, rule } = judged;
  const group = groups.get(problem) ?? { problem, n: 0, scored: 0, correct: 0, rewardSum: 0, rewarded: 0 };
  groups.set(problem, group);
  group.n++;
  const reward = table.reward(row);
  if (reward !== null) {
    group.rewardSum += reward;
    group.rewarded++;
  }
  const correct = table.isScored(row) ? correctness(rule, reward, table.explicitCorrect(row)) : null;
  if (correct === null) return;
  group.scored++;
  group.correct += correct;
}

/** Looks at the rewards of a step. */
export function evidenceOf(rows: readonly StepRows[]): StepEvidence {
  const tallies = new Map<number, RewardTally>();
  let [min, max, scored, explicit] = [Infinity, -Infinity, 0, 0];
  for (const { table, row } of countingRows(rows)) {
    const said = table.explicitCorrect(row);
    if (said !== null) explicit++;
    const reward = table.reward(row);
    if (reward === null || !table.isScored(row)) continue;
    scored++;
    min = Math.min(min, reward);
    max = Math.max(max, reward);
    if (tallies.size > maxDistinct) continue;
    const tally = tallies.get(reward) ?? { count: 0, explicitTrue: 0, explicitFalse: 0 };
    tallies.set(reward, { count: tally.count + 1, explicitTrue: tally.explicitTrue + Number(said === true), explicitFalse: tally.explicitFalse + Number(said === false) });
  }
  return { tallies: tallies.size > maxDistinct ? null : tallies, min, max, scored, explicit };
}

/** Joins the evidence of all steps. A contradiction is a row whose own word goes against the higher of two rewards. */
export function mergeEvidence(steps: Iterable<StepEvidence>, explicitField: string): RewardEvidence {
  const tallies = new Map<number, RewardTally>();
  let [min, max, scored, explicit, many] = [Infinity, -Infinity, 0, 0, false];
  for (const step of steps) {
    min = Math.min(min, step.min);
    max = Math.max(max, step.max);
    scored += step.scored;
    explicit += step.explicit;
    if (step.tallies === null) many = true;
    for (const [reward, tally] of step.tallies ?? []) {
      const sum = tallies.get(reward) ?? { count: 0, explicitTrue: 0, explicitFalse: 0 };
      tallies.set(reward, {
        count: sum.count + tally.count,
        explicitTrue: sum.explicitTrue + tally.explicitTrue,
        explicitFalse: sum.explicitFalse + tally.explicitFalse,
      });
    }
  }
  const distinct = many || tallies.size > maxDistinct ? null : new Map([...tallies].map(([reward, { count }]) => [reward, count]));
  return { distinct, min, max, scored, explicit, explicitField, contradictions: contradictionsIn(tallies, distinct?.size ?? 0) };
}

/** How many rows of a step contradict themselves. */
export function contradictionsOf(evidence: StepEvidence): number {
  return contradictionsIn(evidence.tallies ?? new Map(), evidence.tallies?.size ?? 0);
}

function contradictionsIn(tallies: ReadonlyMap<number, RewardTally>, distinct: number): number {
  if (distinct !== 2) return 0;
  const [low, high] = [...tallies].sort(([a], [b]) => a - b).map(([, tally]) => tally);
  return (low?.explicitTrue ?? 0) + (high?.explicitFalse ?? 0);
}
