import type { JSX } from 'preact';

/** One entry of a legend that also reads out a value. `swatch` names the kind of mark and its colour in the style sheet. */
export interface ReadoutItem {
  readonly swatch: string | null;
  readonly label: string;
  readonly value: string;
}

/** A legend with the figures of one step: the hovered one, or the newest. */
export function Readout({ at, items }: { readonly at: string; readonly items: readonly ReadoutItem[] }): JSX.Element {
  return (
    <div class="readout">
      <span class="readoutAt">{at}</span>
      {items.map((item) => (
        <span class="readoutItem" key={item.label}>
          {item.swatch !== null && <i class={`swatch ${item.swatch}`} />}
          <span class="readoutLabel">{item.label}</span>
          {item.value !== '' && <span class="readoutValue">{item.value}</span>}
        </span>
      ))}
    </div>
  );
}
