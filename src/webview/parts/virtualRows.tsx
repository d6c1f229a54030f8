import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** The first and the one after the last index of a window of rows. */
export interface RowWindow {
  readonly from: number;
  readonly to: number;
}

interface VirtualRowsProps {
  readonly count: number;
  readonly rowHeightPx: number;
  readonly label: string;
  readonly columns: number;
  /** Stays on top while the rows scroll. */
  readonly header: JSX.Element;
  readonly row: (index: number) => JSX.Element;
  readonly onWindow: (window: RowWindow) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** How far the rows are scrolled once they rest. */
  readonly onScrollEnd: (top: number) => void;
  readonly scroller: { current: HTMLDivElement | null };
}

const spareRows = 8;

/** A scrolling table of rows of one height, of which only those in view are on the page. */
export function VirtualRows(props: VirtualRowsProps): JSX.Element {
  const { count, rowHeightPx, scroller } = props;
  const [view, setView] = useState<RowWindow>({ from: 0, to: 0 });
  const told = useRef<RowWindow>({ from: -1, to: -1 });
  const measure = (): void => {
    const element = scroller.current;
    if (!element) return;
    const from = Math.max(0, Math.floor(element.scrollTop / rowHeightPx) - spareRows);
    const to = Math.min(count, Math.ceil((element.scrollTop + element.clientHeight) / rowHeightPx) + spareRows);
    if (told.current.from === from && told.current.to === to) return;
    told.current = { from, to };
    setView({ from, to });
    props.onWindow({ from, to });
  };
  const newest = useRef(measure);
  newest.current = measure;
  useLayoutEffect(measure);
  useLayoutEffect(() => {
    if (!scroller.current) return undefined;
    const observer = new ResizeObserver(() => newest.current());
    observer.observe(scroller.current);
    return () => {
      observer.disconnect();
    };
  }, []);
  const indices = Array.from({ length: Math.max(0, Math.min(view.to, count) - view.from) }, (_, offset) => view.from + offset);
  return (
    <div ref={scroller} class="virtual" role="grid" aria-label={props.label} aria-rowcount={count + 1} aria-colcount={props.columns} onScroll={measure} onScrollEnd={(event) => props.onScrollEnd(Math.round(event.currentTarget.scrollTop))} onKeyDown={props.onKeyDown}>
      {props.header}
      <div class="virtualBody" role="rowgroup" style={{ height: `${count * rowHeightPx}px` }}>
        {indices.map((index) => (
          <div key={index} class="virtualSlot" role="presentation" style={{ transform: `translateY(${index * rowHeightPx}px)` }}>
            {props.row(index)}
          </div>
        ))}
      </div>
    </div>
  );
}
