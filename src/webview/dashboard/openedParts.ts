import { useRef } from 'preact/hooks';
import type { Place } from './layoutState';

/** Opens and closes the problem card and the groups of a step. */
export interface OpenedParts {
  /** Whether the person has just asked for a step. */
  readonly asked: { current: boolean };
  readonly select: (problem: string) => void;
  readonly openStep: (step: number) => void;
  readonly closeCard: () => void;
  readonly closeGroups: () => void;
}

/** How the parts of the page are opened and closed; the keyboard goes back to where a part was opened from. */
export function useOpenedParts(move: (change: Partial<Place>) => void): OpenedParts {
  const card = useWayBack('#card');
  const groups = useWayBack('#groups');
  const asked = useRef(false);
  return {
    asked,
    select: (problem) => {
      card.opens();
      move({ problem });
    },
    openStep: (step) => {
      asked.current = true;
      groups.opens();
      move({ step });
    },
    closeCard: () => {
      card.closes();
      move({ problem: null });
    },
    closeGroups: () => {
      groups.closes();
      move({ step: null });
    },
  };
}

function useWayBack(part: string): { readonly opens: () => void; readonly closes: () => void } {
  const back = useRef(selectedRow);
  return {
    opens: () => {
      const opener = document.activeElement;
      // Rows are used again for other problems: the one that opened the part is the selected one by now.
      back.current = opener?.closest('[data-row]') ? selectedRow : () => opener;
    },
    closes: () => {
      const opener = back.current();
      // Who is elsewhere on the page stays there.
      if (document.activeElement?.closest(part) && opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    },
  };
}

function selectedRow(): Element | null {
  return document.querySelector('#problems .listRow.selected');
}
