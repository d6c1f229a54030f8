import type { ComponentChildren, JSX } from 'preact';
import type { TableData } from './dataTable';
import { DataTable } from './dataTable';
import { Icon } from './icons';

/** A chart with its title, its legend, its table and the facts it rests on. */
export interface ChartPanelProps {
  /** Names the panel in the page and in the layout state. */
  readonly id: string;
  readonly title: string;
  /** One line: how to read the picture. */
  readonly hint: string;
  /** What the figures rest on. */
  readonly basis: string;
  readonly table: TableData;
  readonly tableOpen: boolean;
  readonly onToggleTable: () => void;
  /** In place of the picture when there is nothing to draw: why, in words. */
  readonly missing: string | null;
  readonly legend: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The frame that every chart of the dashboard stands in. */
export function ChartPanel(props: ChartPanelProps): JSX.Element {
  const { id, title, missing, tableOpen } = props;
  return (
    <section class="panel" id={id} aria-labelledby={`${id}-title`}>
      <header class="panelHeader">
        <h2 id={`${id}-title`}>{title}</h2>
        {missing === null && (
          <button type="button" class="quiet" aria-label={`${tableOpen ? 'As chart' : 'As table'}: ${title}`} onClick={props.onToggleTable}>
            <Icon name={tableOpen ? 'chart' : 'table'} />
            {tableOpen ? 'As chart' : 'As table'}
          </button>
        )}
      </header>
      <p class="hint">{props.hint}</p>
      {missing === null ? <PanelBody {...props} /> : <p class="missing">{missing}</p>}
      {missing === null && <p class="basis">{props.basis}</p>}
    </section>
  );
}

function PanelBody({ tableOpen, table, legend, children }: ChartPanelProps): JSX.Element {
  if (tableOpen) return <DataTable data={table} />;
  return (
    <>
      <div class="legend">{legend}</div>
      {children}
    </>
  );
}
