/** What is different between two lists of names. */
export interface NameChanges {
  readonly came: readonly string[];
  readonly went: ReadonlySet<string>;
}

/** Lists that differ by more are not compared. */
const maxChanges = 1024;
/** So far ahead a name is looked for, after names that came or went. */
const lookAhead = 64;

/** What is different in a list of names that is mostly in the order of another one; null where that is much. A name that moved came and went. */
export function changedNames(before: readonly string[], after: readonly string[]): NameChanges | null {
  const came: string[] = [];
  const went: string[] = [];
  let [one, other] = [0, 0];
  while (one < before.length || other < after.length) {
    if (before[one] === after[other]) {
      one++;
      other++;
      continue;
    }
    if (came.length + went.length > maxChanges) return null;
    const [gone, fresh] = difference(distance(before, one, after[other]), distance(after, other, before[one]));
    went.push(...before.slice(one, one + gone));
    came.push(...after.slice(other, other + fresh));
    one += gone;
    other += fresh;
  }
  return { came, went: new Set(went) };
}

/** How many names went and came, of those that stand before the next one that both have; a name that neither has soon took the place of the other. */
function difference(skipped: number, inserted: number): readonly [gone: number, fresh: number] {
  if (Math.min(skipped, inserted) === Infinity) return [1, 1];
  return inserted <= skipped ? [0, inserted] : [skipped, 0];
}

/** How far ahead a name is, or the end where there is none; Infinity where it is further than that. */
function distance(names: readonly string[], from: number, wanted: string | undefined): number {
  for (let ahead = 0; ahead <= lookAhead; ahead++) if (names[from + ahead] === wanted) return ahead;
  return Infinity;
}
