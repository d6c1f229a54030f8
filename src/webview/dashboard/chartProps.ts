import type { DashboardState } from '../../protocol/dashboard';
import type { StepCursor } from '../parts/stepCursor';
import type { Theme } from '../parts/theme';
import type { LayoutState } from './layoutState';

/** What every chart of the dashboard is drawn from. */
export interface ChartProps {
  readonly state: DashboardState;
  readonly theme: Theme;
  readonly reach: LayoutState['reach'];
  readonly tableOpen: boolean;
  readonly onToggleTable: () => void;
}

/** What a chart over steps needs besides. */
export interface StepChartProps extends ChartProps {
  readonly cursor: StepCursor;
  readonly onOpenStep: (step: number) => void;
}
