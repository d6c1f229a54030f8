import { useEffect } from 'preact/hooks';
import type { HostChannel } from './host';
import { failureText } from './host';

const settleMs = 200;
const twoColumnsPx = 900;

/** Says `ready` once with the metrics to draw and the width of a chart, and `resized` when that width has changed by more than a tenth. */
export function useWidthReport(channel: HostChannel, metrics: readonly string[] | null, onFailure: (text: string | null) => void): void {
  useEffect(() => {
    const fail = (error: unknown): void => onFailure(failureText(error));
    let told = chartWidthPx();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = (): void => {
      const widthPx = chartWidthPx();
      if (Math.abs(widthPx - told) < told / 10) return;
      told = widthPx;
      channel.call('resized', { widthPx }).catch(fail);
    };
    const onResize = (): void => {
      clearTimeout(timer);
      timer = setTimeout(settle, settleMs);
    };
    channel.call('ready', { widthPx: told, metrics }).catch(fail);
    window.addEventListener('resize', onResize);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('resize', onResize);
    };
  }, [channel]);
}

function chartWidthPx(): number {
  const columns = window.innerWidth >= twoColumnsPx ? 2 : 1;
  return Math.max(1, Math.round(window.innerWidth / columns));
}
