import type { DatasetIndex } from './datasetIndex';
import { hashOfNormalised, normaliseText, textProblemId } from './identity';
import { userTextCandidates } from './promptText';

/** How a problem of the log was identified. */
export type IdentitySource = 'explicit' | 'matched' | 'ambiguous' | 'unmatched';

/** A prompt of the log with all that may identify its problem. */
export interface PromptEvidence {
  readonly explicitId: string | null;
  /** Hashes of the texts that may be the user message, the likeliest first. */
  readonly hashes: readonly string[];
  /** The hash of a dataset text found inside the prompt; only sought where no other hash fits. */
  readonly containedHash: string | null;
  /** Canonical JSON of the row's ground truth; null when the row has none. */
  readonly answer: string | null;
}

/** The problem that a prompt belongs to. */
export interface ResolvedProblem {
  readonly id: string;
  readonly source: IdentitySource;
  /** The dataset rows that fit; several only when the source is `ambiguous`. */
  readonly rows: readonly number[];
  /** The hash under which a trainer can find the problem's text. */
  readonly textHash: string;
}

/** The hashes of a templated prompt's candidate user texts. */
export function candidateHashes(prompt: string): readonly string[] {
  return userTextCandidates(prompt).map(hashOfNormalised);
}

/** The hash of the longest dataset text inside a templated prompt, for prompts that no cut identifies. */
export function containedHash(prompt: string, dataset: DatasetIndex): string | null {
  return dataset.containedText(normaliseText(prompt));
}

/**
 * Names the problem of a prompt: its explicit id, else the one dataset row with its text (told apart by ground truth
 * where several rows share the text), else the hash of its text. An id that rows of the dataset share which differ is
 * none of theirs: the text names the problem, and where no row has it the id does, as ambiguous. `relabelled` gives the
 * answers that decisions put in place of a problem's own, so that a relabelled row is still recognised.
 */
export function resolveProblem(
  prompt: PromptEvidence,
  dataset: DatasetIndex | null,
  relabelled: (problem: string) => readonly string[] = () => [],
): ResolvedProblem {
  const shared = sharingRows(prompt.explicitId, dataset);
  if (prompt.explicitId !== null && shared === null) return resolveById(prompt.explicitId, prompt, dataset, relabelled);
  const hash = dataset === null ? undefined : hashInDataset(prompt, dataset);
  if (dataset !== null && hash !== undefined) return resolveByText(dataset, hash, rowsWithAnswer(dataset, hash, prompt.answer, relabelled));
  const likeliest = likeliestOf(prompt);
  if (shared === null) return { id: textProblemId(likeliest), source: 'unmatched', rows: [], textHash: likeliest };
  return { id: prompt.explicitId ?? '', source: 'ambiguous', rows: shared, textHash: likeliest };
}

function likeliestOf({ hashes }: PromptEvidence): string {
  return hashes[0] ?? '';
}

function resolveById(
  id: string,
  prompt: PromptEvidence,
  dataset: DatasetIndex | null,
  relabelled: (problem: string) => readonly string[],
): ResolvedProblem {
  const rows = dataset === null ? [] : rowsOfExplicit(id, prompt, dataset, relabelled);
  return { id, source: 'explicit', rows, textHash: datasetHash(dataset, rows) ?? likeliestOf(prompt) };
}

/** The rows of the dataset that share an id and differ; null where there are none. */
export function sharingRows(id: string | null, dataset: DatasetIndex | null): readonly number[] | null {
  const rows = id === null || dataset === null ? [] : dataset.rowsWithId(id);
  return rows[0] === undefined || dataset?.problemId(rows[0], true) === id ? null : rows;
}

/** The dataset rows of a problem with an id: those with the id, else, where the two speak in different ids, those with its text. */
function rowsOfExplicit(
  id: string,
  prompt: PromptEvidence,
  dataset: DatasetIndex,
  relabelled: (problem: string) => readonly string[],
): readonly number[] {
  const rows = dataset.rowsWithId(id);
  if (rows.length > 0) return rows;
  const hash = hashInDataset(prompt, dataset);
  return hash === undefined ? [] : rowsWithAnswer(dataset, hash, prompt.answer, relabelled);
}

function resolveByText(dataset: DatasetIndex, hash: string, rows: readonly number[]): ResolvedProblem {
  const first = rows[0];
  if (first === undefined) {
    return { id: textProblemId(hash), source: 'ambiguous', rows: dataset.rowsWithHash(hash), textHash: hash };
  }
  return { id: dataset.problemId(first, false), source: rows.length === 1 ? 'matched' : 'ambiguous', rows, textHash: hash };
}

function hashInDataset(prompt: PromptEvidence, dataset: DatasetIndex): string | undefined {
  const hashes = prompt.containedHash === null ? prompt.hashes : [...prompt.hashes, prompt.containedHash];
  return hashes.find((hash) => dataset.rowsWithHash(hash).length > 0);
}

function datasetHash(dataset: DatasetIndex | null, rows: readonly number[]): string | undefined {
  return rows[0] === undefined ? undefined : dataset?.hashOf(rows[0]);
}

/** Of the rows that share a text, those with the prompt's answer; all of them where the text has only one answer. */
function rowsWithAnswer(
  dataset: DatasetIndex,
  hash: string,
  answer: string | null,
  relabelled: (problem: string) => readonly string[],
): readonly number[] {
  const rows = dataset.rowsWithHash(hash);
  if (!dataset.sharesText(hash)) return rows;
  if (answer === null) return [];
  const same = rows.filter((row) => dataset.hasAnswer(row, answer));
  return same.length > 0 ? same : rows.filter((row) => relabelled(dataset.problemId(row, false)).includes(answer));
}
