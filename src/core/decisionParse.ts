import { decisionSchema, type Decision, type DecisionAction, type Evidence, type Expiry } from './decision';
import { isRecord, jsonFault, type JsonValue } from './json';

/** What one line of decisions.jsonl turned out to be. Only `decision` has an effect; the line stays in the file whatever it is. */
export type DecisionReading =
  | { readonly kind: 'decision'; readonly decision: Decision }
  /** Well formed, but of a newer schema or with an action that this version does not know. */
  | { readonly kind: 'ignored'; readonly id: string | null; readonly why: string }
  | { readonly kind: 'damaged'; readonly why: string };

const ulidPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const actions: ReadonlySet<string> = new Set<DecisionAction>(['pin', 'exclude', 'relabel', 'note', 'clear', 'revert']);
/** Ground truths that nest deeper are refused. */
const maxDepth = 64;

/** Reads the text of one line. Never throws. */
export function parseDecisionLine(line: string): DecisionReading {
  if (/^(<{7}|={7}|>{7}|\|{7})(\s|$)/.test(line)) {
    return damaged('is a merge conflict marker: keep the lines of both sides and delete the markers');
  }
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return damaged('is not JSON');
  }
  return readDecision(value);
}

/** Checks a parsed line. Fields that are unknown here are left alone; a known field of the wrong type damages the line. */
export function readDecision(value: unknown): DecisionReading {
  if (!isRecord(value)) return damaged('is not a JSON object');
  const schema = value['schema'];
  if (schema !== decisionSchema) {
    const newer = typeof schema === 'string' && /^cdas-decision\/\d+$/.test(schema);
    return newer
      ? { kind: 'ignored', id: toUlid(value['id']), why: `has the schema ${schema}: a newer version of CDAS Lens wrote it` }
      : damaged(`has no schema ${decisionSchema}`);
  }
  const { action } = value;
  const id = toUlid(value['id']);
  if (id === null) return damaged('has no valid id (a ULID)');
  if (typeof action !== 'string') return damaged('has no action');
  if (!actions.has(action)) return { kind: 'ignored', id, why: `has the unknown action ${JSON.stringify(action)}` };
  const fault = findFault(value, action);
  if (fault !== null) return damaged(fault);
  // The action is one of the known ones and every other field has just been checked.
  return { kind: 'decision', decision: toDecision(value, id, action as DecisionAction) };
}

function toUlid(value: unknown): string | null {
  return typeof value === 'string' && ulidPattern.test(value) ? value : null;
}

function damaged(why: string): DecisionReading {
  return { kind: 'damaged', why };
}

function findFault(value: Record<string, unknown>, action: string): string | null {
  if (typeof value['at'] !== 'string' || Number.isNaN(Date.parse(value['at']))) return 'has no date in `at`';
  if (value['expires'] !== undefined && toExpiry(value['expires']) === null) {
    return 'has an `expires` that is neither {"step": N} nor {"at": "a date"}';
  }
  const answerFault = jsonFault(value['groundTruth'], maxDepth) ?? jsonFault(value['was'], maxDepth);
  if (answerFault !== null) return `has a ground truth that ${answerFault}`;
  return findActionFault(value, action);
}

function findActionFault(value: Record<string, unknown>, action: string): string | null {
  if (action === 'revert') return isText(value['ref']) ? null : 'is a revert without `ref`, the id of the decision it undoes';
  if (!isText(value['problem'])) return 'names no problem';
  return action === 'relabel' && value['groundTruth'] === undefined ? 'is a relabel without a groundTruth' : null;
}

function toDecision(value: Record<string, unknown>, id: string, action: DecisionAction): Decision {
  const expires = toExpiry(value['expires']);
  const evidence = toEvidence(value['evidence']);
  return {
    schema: decisionSchema,
    id,
    at: textOr(value['at'], ''),
    by: textOr(value['by'], ''),
    action,
    // Values inside a parsed JSON line are JSON values.
    ...(value['groundTruth'] === undefined ? {} : { groundTruth: value['groundTruth'] as JsonValue }),
    ...(value['was'] === undefined ? {} : { was: value['was'] as JsonValue }),
    ...optionalText(value, 'problem'),
    ...optionalText(value, 'reason'),
    ...optionalText(value, 'ref'),
    ...optionalText(value, 'textHash'),
    ...optionalText(value, 'index'),
    ...(expires === null ? {} : { expires }),
    ...(evidence === null ? {} : { evidence }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

function optionalText<Key extends string>(value: Record<string, unknown>, key: Key): Partial<Record<Key, string>> {
  const text = value[key];
  // A computed key widens to string; it is exactly `key` here.
  return isText(text) ? ({ [key]: text } as Partial<Record<Key, string>>) : {};
}

function optionalNumber<Key extends string>(value: Record<string, unknown>, key: Key): Partial<Record<Key, number>> {
  const number = value[key];
  // As above.
  return typeof number === 'number' && Number.isFinite(number) ? ({ [key]: number } as Partial<Record<Key, number>>) : {};
}

function toExpiry(value: unknown): Expiry | null {
  if (!isRecord(value)) return null;
  const { step, at } = value;
  const okStep = step === undefined || Number.isFinite(step);
  const okAt = at === undefined || (typeof at === 'string' && !Number.isNaN(Date.parse(at)));
  if (!okStep || !okAt || (step === undefined && at === undefined)) return null;
  return { ...optionalNumber(value, 'step'), ...optionalText(value, 'at') };
}

function toEvidence(value: unknown): Evidence | null {
  if (!isRecord(value)) return null;
  return {
    ...optionalText(value, 'run'),
    ...optionalNumber(value, 'step'),
    ...optionalNumber(value, 'difficulty'),
    ...optionalNumber(value, 'visits'),
    ...optionalNumber(value, 'passRate'),
    ...optionalText(value, 'majorityAnswer'),
    ...optionalNumber(value, 'votes'),
  };
}
