import { isRecord } from './json';

/** What a mapping can name, each by a dotted path into a row. */
export const mappableFields = ['prompt', 'response', 'reward', 'correct', 'groundTruth', 'step', 'id'] as const;

/** One of the things that a rollout is read from. */
export type MappableField = (typeof mappableFields)[number];

/** Which fields of the rows of certain JSONL files hold what a rollout is read from. */
export interface FieldMapping {
  /** Which files: a pattern with `*`, `**` and `?`; one without a leading slash fits at any depth. */
  readonly glob: string;
  readonly fields: Readonly<Partial<Record<MappableField, string>>>;
}

/** Reads `{"glob": {"prompt": "path.to.it", …}}`; what cannot be used is left out, with a sentence that says why. */
export function parseFieldMappings(value: unknown): { readonly mappings: readonly FieldMapping[]; readonly problems: readonly string[] } {
  if (!isRecord(value)) return { mappings: [], problems: ['A field mapping must be an object: {"**/*.jsonl": {"prompt": "…", "reward": "…"}}.'] };
  const mappings: FieldMapping[] = [];
  const problems: string[] = [];
  for (const [glob, fields] of Object.entries(value)) {
    const problem = problemWith(fields);
    if (problem === null && isRecord(fields)) mappings.push({ glob, fields: Object.fromEntries(mappableFields.flatMap((name) => pathIn(fields, name))) });
    else problems.push(`The field mapping for “${glob}” is not used: ${problem ?? ''}.`);
  }
  return { mappings, problems };
}

function pathIn(fields: Record<string, unknown>, name: MappableField): [MappableField, string][] {
  const path = fields[name];
  return typeof path === 'string' ? [[name, path]] : [];
}

function problemWith(fields: unknown): string | null {
  if (!isRecord(fields)) return 'it is not an object of field names';
  const known: readonly string[] = mappableFields;
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) return `“${unknown}” is not one of ${mappableFields.join(', ')}`;
  const bad = Object.entries(fields).find(([, path]) => typeof path !== 'string' || path === '');
  if (bad !== undefined) return `“${bad[0]}” does not name a field`;
  if (fields['prompt'] === undefined && fields['id'] === undefined) return 'it needs “prompt” or “id” to tell problems apart';
  return fields['reward'] === undefined && fields['correct'] === undefined ? 'it needs “reward” or “correct”' : null;
}

/** The value at a dotted path: key by key, keys may have dots themselves; list items go by position, from the end when negative. */
export function valueAt(row: unknown, path: string): unknown {
  return keysAt(row, path)?.reduce<unknown>((value, key) => memberOf(value, key), row);
}

/** The keys from the outside in that a dotted path names in a row, list items by their position; null where there is nothing. The longest key counts where several fit. */
export function keysAt(row: unknown, path: string): readonly string[] | null {
  if (memberOf(row, path) !== undefined) return [keyIn(row, path)];
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const key = path.slice(0, dot);
    const value = memberOf(row, key);
    const rest = value === undefined ? null : keysAt(value, path.slice(dot + 1));
    if (rest !== null) return [keyIn(row, key), ...rest];
  }
  return null;
}

function keyIn(value: unknown, name: string): string {
  return Array.isArray(value) && name.startsWith('-') ? String(value.length + Number(name)) : name;
}

function memberOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^-?\d+$/.test(name) ? (value.at(Number(name)) as unknown) : undefined;
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Whether a glob (`**`, `*`, `?`, `{a,b}`) fits a path; one without a leading slash fits at any depth. */
export function globFits(glob: string, path: string): boolean {
  const pattern = withWildcards(glob.replace(/\\/g, '/').replace(/[.+^$()|[\]]/g, '\\$&'));
  const anywhere = /^(?:\/|[A-Za-z]:)/.test(glob) ? '' : '(?:.*/)?';
  return new RegExp(`^${anywhere}${pattern}$`).test(path.replace(/\\/g, '/'));
}

function withWildcards(escaped: string): string {
  return escaped.replace(/\*\*\/|\*\*|\*|\?|\{[^{}]*\}/g, globPart);
}

function globPart(part: string): string {
  switch (part) {
    case '**/':
      return '(?:.*/)?';
    case '**':
      return '.*';
    case '*':
      return '[^/]*';
    case '?':
      return '[^/]';
    default:
      return `(?:${part.slice(1, -1).split(',').map(withWildcards).join('|')})`;
  }
}
