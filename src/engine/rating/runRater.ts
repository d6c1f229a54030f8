import { inferCorrectRule, sameRule, type CorrectRule, type RewardEvidence } from '../../core/correctRule';
import { readPrompt } from '../reading/promptReader';
import type { RunFiles } from '../reading/runFiles';
import { countRows, type StepRows } from '../reading/stepRows';
import type { ProblemRegistry } from './problemRegistry';
import { RunEvidence } from './rewardEvidence';
import { firstDifference, RunRating, runProblems, type GroupedStep, type RatingBasis } from './runRating';
import { StepGrouper } from './stepGrouper';
import type { StepGroups } from './stepGroups';

/** What rating costs, in rows that are looked at: so much is done in one turn, each step takes so much besides its rows, each group so much in the fold. */
const unitsPerTurn = 1 << 18;
const unitsPerStep = 128;
const unitsPerGroup = 4;
const unitsPerNewProblem = 48;
const rowsAtOnce = 8192;
const problemsAtOnce = 1 << 14;
const manySteps = 8192;

/** What is to be done. */
interface Pending {
  /** Steps to be grouped anew. */
  readonly ungrouped: Set<number>;
  /** Set where all steps have to be grouped anew, and where anything is to be done at all. */
  readonly rebuild: boolean;
  readonly isDue: boolean;
}

const nothing = (): Pending => ({ ungrouped: new Set(), rebuild: false, isDue: false });

/**
 * Rates a run, in turns where that is much. What is shown is always whole: steps are added at the end one by one; where
 * few steps from a change on have to be rated again, that is done at once; where many have to, they are rated aside, and
 * what was shown before is shown until that is done.
 */
export class RunRater {
  shown: RunRating;
  readonly evidence = new RunEvidence();
  /** Steps that were read on since their rewards were looked at; they are rated when `rateSteps` names them. */
  readonly unseen = new Set<number>();
  private wanted: RatingBasis;
  private pending = nothing();
  /** Yields what the next piece of work costs before it is done. */
  private work: Generator<number, void> | null = null;
  private announced = 0;
  private readonly grouper = new StepGrouper();
  private isNews = false;

  /** `perTurn` is the work of one turn; small in tests. */
  constructor(
    private readonly files: RunFiles,
    basis: RatingBasis,
    private readonly perTurn = unitsPerTurn,
  ) {
    this.wanted = basis;
    this.shown = this.newRating();
  }

  /** How the run is going to be rated: as what is shown, once there is nothing left to do. */
  get basis(): RatingBasis {
    return this.wanted;
  }

  get isAtWork(): boolean {
    return this.pending.isDue;
  }

  /** What the rewards of all steps look like. */
  get rewardEvidence(): RewardEvidence {
    return this.evidence.overall(this.files.explicitField);
  }

  /** Has steps rated that were read on. */
  rateSteps(steps: readonly number[]): void {
    this.begin({ ...this.pending, ungrouped: new Set([...this.pending.ungrouped, ...steps]), isDue: true });
  }

  /** Has the problems found anew when steps are rated next: rows went, and what only they said of problems with them. */
  forgetProblems(): void {
    this.pending = { ...this.pending, rebuild: true };
  }

  /** Has the run rated by another basis. What differs by decisions only is rated again from the first step that they change. */
  takeBasis(basis: RatingBasis, isGroupedAnew: boolean): void {
    this.wanted = basis;
    this.begin({ ...this.pending, rebuild: this.pending.rebuild || isGroupedAnew, isDue: true });
  }

  /** Goes on by one turn; true where what is shown changed. */
  workOn(): boolean {
    if (this.isAtWork) this.work ??= this.rate();
    let left = this.perTurn;
    // What is too much for the rest of a turn begins the next one.
    while (this.work !== null && (this.announced <= left || left === this.perTurn)) {
      left -= this.announced;
      const { done, value } = this.work.next();
      this.announced = done === true ? 0 : value;
      if (done === true) this.work = null;
    }
    const { isNews } = this;
    this.isNews = false;
    return isNews;
  }

  /** What was begun and not brought to an end is begun again: it may rest on what has changed. */
  private begin(pending: Pending): void {
    this.pending = pending;
    this.work = null;
    this.announced = 0;
  }

  private *rate(): Generator<number, void> {
    for (const step of this.pending.ungrouped) {
      if (!this.unseen.has(step)) continue;
      const rows = this.files.rowsOf(step);
      yield countRows(rows) + unitsPerStep;
      this.evidence.update(step, rows);
      this.unseen.delete(step);
    }
    if (this.isOld()) yield this.perTurn;
    const rule = this.inferRule();
    const isSame = !this.pending.rebuild && sameRule(rule, this.shown.rule) && this.shown.problems.registry.usesExplicitIds === this.logHasIds();
    yield* isSame ? this.rateChanged() : this.rateAnew(rule);
    this.pending = nothing();
  }

  private *rateAnew(rule: CorrectRule): Generator<number, void> {
    const rating = this.newRating(rule);
    for (const step of this.files.steps) {
      if (this.unseen.has(step)) continue;
      rating.put(yield* this.group(step, rating));
    }
    yield* this.rateAside(rating);
  }

  private *rateChanged(): Generator<number, void> {
    const { shown, wanted } = this;
    const changed: GroupedStep[] = [];
    for (const step of this.pending.ungrouped) {
      changed.push(yield* this.group(step, shown));
    }
    if (changed.some(({ step, replaced }) => replaced > (shown.groupsOf(step)?.replaced ?? Infinity))) {
      // Rows that counted count no more, and what only they said of problems.
      yield* this.rateAnew(shown.rule);
      return;
    }
    changed.sort((a, b) => a.step - b.step);
    const first = changed.find(({ step, groups }) => groups !== null || shown.groupsOf(step) !== undefined)?.step ?? Infinity;
    const decided = firstDifference(shown.basis.curation.events, wanted.curation.events) ?? Infinity;
    const position = shown.positionOf(Math.min(first, decided));
    if (position < shown.steps.length && this.isMuch(position, changed)) {
      yield this.perTurn;
      yield* this.rateAside(shown.regrouped(wanted, changed));
      return;
    }
    shown.basis = wanted;
    if (position < shown.steps.length) this.rateAgain(position, changed);
    else yield* this.append(changed);
  }

  /** Adds steps at the end. */
  private *append(changed: readonly GroupedStep[]): Generator<number, void> {
    const { shown } = this;
    for (const grouped of changed) {
      yield unitsToRate(grouped.groups);
      shown.put(grouped);
      shown.rateNext();
      this.pending.ungrouped.delete(grouped.step);
      this.isNews = true;
    }
  }

  private rateAgain(position: number, changed: readonly GroupedStep[]): void {
    const { shown } = this;
    shown.rewindTo(position);
    for (const grouped of changed) shown.put(grouped);
    while (shown.rateNext());
    this.isNews = true;
  }

  private *rateAside(rating: RunRating): Generator<number, void> {
    while (rating.admit(problemsAtOnce)) yield problemsAtOnce;
    for (let groups = rating.unrated; groups !== null; groups = rating.unrated) {
      yield unitsToRate(groups);
      rating.rateNext();
    }
    this.shown = rating;
    this.isNews = true;
  }

  /** Whether steps are grouped anew after which very many come: what all of them look like is found anew then, which is a turn's work. */
  private isOld(): boolean {
    const { steps } = this.shown;
    const first = [...this.pending.ungrouped].reduce((one, other) => Math.min(one, other), Infinity);
    return steps.length - this.shown.positionOf(first) > manySteps;
  }

  /** Whether rating from a position on is more than one turn's work. */
  private isMuch(position: number, changed: readonly GroupedStep[]): boolean {
    let units = changed.reduce((sum, { groups }) => sum + unitsToRate(groups), 0);
    for (let at = this.shown.steps.length - 1; at >= position && units <= this.perTurn; at--) units += unitsToRate(this.shown.steps[at] ?? null);
    return units > this.perTurn;
  }

  private *group(step: number, rating: RunRating): Generator<number, GroupedStep> {
    const rows = this.files.rowsOf(step);
    const { problems, rule } = rating;
    const replaced = this.files.replacedRows(step, rows);
    if (rows.length === 0) return { step, groups: null, replaced };
    // What lies packed was grouped before: its problems are known, or its tallies tell them.
    if (countRows(rows) > rowsAtOnce && rows.every(({ file }) => file.table.packed === null)) yield* this.enterProblems(rows, problems.registry);
    yield countRows(rows) + unitsPerStep;
    const known = problems.registry.length;
    const superseded = this.evidence.supersededIn(step);
    const groups = this.grouper.group(step, { rows, superseded, replaced }, { rule, problemOf: (prompt) => problems.registry.problemOf(prompt) });
    rating.admit(Infinity);
    yield (problems.registry.length - known) * unitsPerNewProblem;
    return { step, groups, replaced };
  }

  /** Enters the problems of a large step, of which very many may be new. */
  private *enterProblems(rows: readonly StepRows[], registry: ProblemRegistry): Generator<number, void> {
    for (const { file, range } of rows) {
      const { prompts } = file.table.raw;
      for (let from = range.start; from < range.end; from += rowsAtOnce) {
        const known = registry.length;
        for (let row = from; row < Math.min(range.end, from + rowsAtOnce); row++) registry.problemOf(prompts[row] ?? 0);
        yield rowsAtOnce + (registry.length - known) * unitsPerNewProblem;
      }
    }
  }

  private newRating(rule = this.inferRule()): RunRating {
    const { prompts, source } = this.files;
    const log = { prompts, readPrompt: (prompt: Parameters<typeof readPrompt>[0]) => readPrompt(prompt, source.format) };
    const rating = new RunRating(this.wanted, rule, runProblems(this.wanted, log, this.logHasIds()));
    rating.admit(Infinity);
    return rating;
  }

  private inferRule(): CorrectRule {
    const { correctThreshold, mode } = this.wanted.options;
    return inferCorrectRule(this.rewardEvidence, correctThreshold, mode);
  }

  private logHasIds(): boolean {
    return (this.files.firstPrompt?.explicitId ?? null) !== null;
  }
}

function unitsToRate(groups: StepGroups | null): number {
  return (groups?.length ?? 0) * unitsPerGroup + unitsPerStep;
}
