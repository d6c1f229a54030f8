import { encodeContext, encodeQuestion, tokensOfAnswer, type EncodedQuestion } from '../support/demo/encoding';
import { generateProblems } from '../support/demo/generate';
import { rolloutsPerGroup } from '../support/demo/hyperparameters';
import type { Policy } from '../support/demo/policy';
import { evaluate, parseQuestion, problemKinds, questionText, type Expression } from '../support/demo/problems';
import { randomStream } from '../support/demo/random';
import { sampleRollouts, scoreAnswer } from '../support/demo/rollout';
import { emptyPolicy, warmStart } from '../support/demo/warmStart';

/** What is the same for all strategies. */
export interface Setup {
  readonly problems: number;
  readonly warmStartSteps: number;
  /** Groups that enter an optimizer step. */
  readonly batch: number;
  readonly steps: number;
  readonly evaluateEvery: number;
  /** How many questions an accuracy is worked out on, at most. */
  readonly asked: number;
}

/** A question with the tokens of its true answer. */
interface Asked {
  readonly question: EncodedQuestion;
  readonly answer: readonly number[];
}

/** A problem of the dataset: what its answers are scored against, and the truth. */
export interface TaskProblem extends Asked {
  readonly label: string;
  readonly mislabelled: boolean;
}

/** What one seed decides: the problems, the policy to start from, and its pass rates there. */
export interface Task {
  readonly seed: number;
  readonly problems: readonly TaskProblem[];
  /** Problems of the same kinds that the dataset does not hold. */
  readonly heldOut: readonly Asked[];
  readonly start: Float64Array;
  /** One minus the pass rate of one group per problem before training: the static curriculum's labels. */
  readonly offlineDifficulty: readonly number[];
}

/** The policy's chance of the true answer, exactly, in the mean over questions. */
export interface Accuracies {
  readonly heldOut: number;
  readonly training: number;
}

/** Makes the task of a seed. */
export function makeTask(seed: number, setup: Setup): Task {
  const generated = generateProblems(seed, setup.problems);
  const policy = warmStart(seed, setup.warmStartSteps);
  const problems = generated.map(({ text, label, answer }) => ({ ...asked(expressionOf(text)), label, mislabelled: label !== answer }));
  const random = randomStream(seed, 'offline');
  return {
    seed,
    problems,
    heldOut: drawHeldOut(seed, setup.asked, new Set(generated.map(({ text }) => text))),
    start: policy.parameters,
    offlineDifficulty: problems.map(({ question, label }) => {
      const correct = sampleRollouts(policy, question, rolloutsPerGroup, random).filter(({ answer }) => scoreAnswer(answer, label) === 1);
      return 1 - correct.length / rolloutsPerGroup;
    }),
  };
}

/** A policy as training starts with it. */
export function startPolicy({ start }: Task): Policy {
  const policy = emptyPolicy();
  policy.parameters.set(start);
  return policy;
}

/** How often the policy gives the true answer: to what it never saw, and to (the first of) what it is trained on. */
export function accuraciesOf(policy: Policy, { heldOut, problems }: Task, setup: Setup): Accuracies {
  return { heldOut: meanChance(policy, heldOut), training: meanChance(policy, problems.slice(0, setup.asked)) };
}

function meanChance(policy: Policy, questions: readonly Asked[]): number {
  return questions.reduce((sum, { question, answer }) => sum + chanceOf(policy, question, answer), 0) / questions.length;
}

function chanceOf(policy: Policy, question: EncodedQuestion, answer: readonly number[]): number {
  return answer.reduce((chance, token, place) => chance * (policy.nextToken(encodeContext(question, answer.slice(0, place)))[token] ?? 0), 1);
}

function drawHeldOut(seed: number, count: number, known: ReadonlySet<string>): Asked[] {
  const random = randomStream(seed, 'validation');
  // The index lies inside the list.
  const drawn = Array.from({ length: count }, (_, i) => problemKinds[i % problemKinds.length]!.draw(random));
  return drawn.filter((expression) => !known.has(questionText(expression))).map(asked);
}

function asked(expression: Expression): Asked {
  return { question: encodeQuestion(expression), answer: tokensOfAnswer(evaluate(expression)) };
}

function expressionOf(text: string): Expression {
  const expression = parseQuestion(text);
  if (expression === null) throw new Error(`the generator made a question that it cannot read: ${text}`);
  return expression;
}
