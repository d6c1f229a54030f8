const minus = '\u2212';

/** A count with its thousands apart, so that millions are read at a glance. Numbers of steps are names and stay whole. */
export function counted(count: number): string {
  return apart(count, '\u202f');
}

/** The same in plain text, with a space that neither an editor marks as suspicious nor a terminal lacks; a sum of partly correct rollouts to one decimal. */
export function grouped(count: number): string {
  return apart(Math.round(count * 10) / 10, ' ');
}

function apart(count: number, space: string): string {
  // Not the digits behind the point.
  const [whole = '', ...decimals] = String(count).split('.');
  return [whole.replace(/\B(?=(\d{3})+(?!\d))/gu, space), ...decimals].join('.');
}

/** A figure with a fixed number of decimals and a true minus sign; 0 has none. */
export function fixed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `${minus}${text}` : text;
}

/** A difficulty or competence: always with its sign, so that columns line up; 0 has none. */
export function signed(value: number, decimals = 2): string {
  const text = fixed(value, decimals);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** A share of 0 to 1 in per cent. */
export function percent(share: number, decimals = 0): string {
  return `${fixed(share * 100, decimals)} %`;
}
