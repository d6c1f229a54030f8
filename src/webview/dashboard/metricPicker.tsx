import type { JSX, TargetedEvent } from 'preact';
import type { DashboardMetrics } from '../../protocol/metrics';
import { maxShownMetrics } from '../../protocol/metrics';

interface MetricPickerProps {
  readonly metrics: DashboardMetrics;
  readonly onMetrics: (names: readonly string[]) => void;
}

/** The chip is about to go: the keyboard stays among its neighbours. */
function focusNeighbour(chip: HTMLElement): void {
  const near = [chip.nextElementSibling, chip.previousElementSibling].find((element) => element instanceof HTMLElement && !element.matches(':disabled'));
  if (near instanceof HTMLElement) near.focus();
}

/** The shown series, each with a way to take it off, and a list of the others to add. */
export function MetricPicker({ metrics, onMetrics }: MetricPickerProps): JSX.Element {
  const shown = metrics.series.map(({ name }) => name);
  const others = metrics.available.filter((name) => !shown.includes(name));
  const full = shown.length >= maxShownMetrics;
  const onAdd = (event: TargetedEvent<HTMLSelectElement>): void => {
    const { value } = event.currentTarget;
    // Back to the invitation: what was chosen shows as a chip.
    event.currentTarget.value = '';
    if (value !== '') onMetrics([...shown, others[Number(value)] ?? ''].filter((name) => name !== ''));
  };
  const onRemove = (event: MouseEvent, name: string): void => {
    if (event.currentTarget instanceof HTMLElement) focusNeighbour(event.currentTarget);
    onMetrics(shown.filter((other) => other !== name));
  };
  return (
    <div class="metricPicker">
      {shown.map((name) => (
        <button type="button" class="chip" key={name} aria-label={`Remove ${name}`} title="Remove" onClick={(event) => onRemove(event, name)}>
          <bdi>{name}</bdi>
          <span aria-hidden="true">×</span>
        </button>
      ))}
      {others.length > 0 && (
        <select aria-label="Add a series" disabled={full} value="" onChange={onAdd}>
          <option value="">{full ? `${maxShownMetrics} shown: remove one first` : 'Add a series…'}</option>
          {others.map((name, index) => <option key={name} value={String(index)}>{name}</option>)}
        </select>
      )}
    </div>
  );
}
