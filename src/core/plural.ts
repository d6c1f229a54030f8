import { counted } from './figures';

/** `1 group`, `2 groups`. */
export function plural(count: number, one: string): string {
  return `${counted(count)} ${count === 1 ? one : `${one}s`}`;
}
