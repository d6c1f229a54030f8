import { evaluate, problemKinds, questionText, type ProblemKind } from './problems';
import { integerBetween, randomStream, shuffledIndices, type Random } from './random';

/** A generated problem. `label` is what the dataset says, `answer` the truth. */
export interface GeneratedProblem {
  readonly kind: string;
  readonly text: string;
  readonly label: string;
  readonly answer: string;
}

const wrongLabelShare = 0.05;
const attemptsPerProblem = 50;

/** `count` different problems of all kinds in turn, a twentieth of them labelled wrongly; decided by the seed alone. */
export function generateProblems(seed: number, count: number): GeneratedProblem[] {
  const random = randomStream(seed, 'problems');
  const known = new Set<string>();
  const problems: GeneratedProblem[] = [];
  for (let i = 0; problems.length < count; i++) {
    const problem = drawNew(kindAt(i), random, known);
    if (problem !== null) problems.push(problem);
  }
  return mislabel(problems, randomStream(seed, 'wrongLabels'));
}

function kindAt(i: number): ProblemKind {
  // The index is taken modulo the length of a list that is not empty.
  return problemKinds[i % problemKinds.length]!;
}

/** Null where a kind has run out of new problems: there are only a hundred sums of two digits. */
function drawNew(kind: ProblemKind, random: Random, known: Set<string>): GeneratedProblem | null {
  for (let attempt = 0; attempt < attemptsPerProblem; attempt++) {
    const expression = kind.draw(random);
    const text = questionText(expression);
    if (known.has(text)) continue;
    known.add(text);
    const answer = String(evaluate(expression));
    return { kind: kind.name, text, label: answer, answer };
  }
  return null;
}

function mislabel(problems: readonly GeneratedProblem[], random: Random): GeneratedProblem[] {
  const chosen = new Set(shuffledIndices(random, problems.length).slice(0, Math.round(problems.length * wrongLabelShare)));
  return problems.map((problem, i) => (chosen.has(i) ? { ...problem, label: slip(problem.answer, random) } : problem));
}

/** An answer as a careless person would give it: off by one or two, or by a forgotten carry. */
function slip(answer: string, random: Random): string {
  const right = Number(answer);
  const slips = [right + 1, right - 1, right + 2, right + 10, right - 10].filter((wrong) => wrong >= 0 || right < 0);
  return String(slips[integerBetween(random, 0, slips.length - 1)]);
}
