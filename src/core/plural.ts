import { grouped } from './figures';

/** `1 group`, `2 groups`, in plain text. */
export function plural(count: number, one: string): string {
  return `${grouped(count)} ${count === 1 ? one : `${one}s`}`;
}
