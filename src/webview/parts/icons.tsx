import type { JSX } from 'preact';

const paths = {
  pin: 'M9.5 1.5 14.5 6.5 11.5 7.5 9.5 9.5 9 13 6.2 10.2 2 14.5 5.8 9.8 3 7 6.5 6.5 8.5 4.5Z',
  exclude: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM3.8 3.8 12.2 12.2',
  relabel: 'M2.5 13.5 3.3 10.3 11 2.6 13.4 5 5.7 12.7ZM9.4 4.2 11.8 6.6',
  clear: 'M3 7.5 6 4.5M3 7.5 6 10.5M3 7.5H10A3 3 0 0 1 10 13.5H7',
  close: 'M3.5 3.5 12.5 12.5M12.5 3.5 3.5 12.5',
  copy: 'M5.5 5.5H13.5V13.5H5.5ZM3.5 10.5H2.5V2.5H10.5V3.5',
  table: 'M2 3H14V13H2ZM2 6.5H14M2 9.75H14M6.5 6.5V13',
  chart: 'M2 2V14H14M4 11 7 7 9.5 9 13.5 4',
} as const;

/** The names of the drawn icons. */
export type IconName = keyof typeof paths;

/** A 16 px line icon in the text's colour; decoration only, the control around it carries the name. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={paths[name]} fill="none" stroke="currentColor" stroke-width="1.2" stroke-linejoin="round" stroke-linecap="round" />
    </svg>
  );
}
