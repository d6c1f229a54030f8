import { useEffect, useState } from 'preact/hooks';

/** The step that the pointer or the keyboard is on, shared by all step charts; null when on none. */
export class StepCursor {
  private step: number | null = null;
  private readonly listeners = new Set<(step: number | null) => void>();

  get current(): number | null {
    return this.step;
  }

  moveTo(step: number | null): void {
    if (step === this.step) return;
    this.step = step;
    for (const listener of this.listeners) listener(step);
  }

  /** Returns how to stop listening. */
  listen(listener: (step: number | null) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** The cursor's step; the component renders again when it moves. */
export function useCursorStep(cursor: StepCursor): number | null {
  const [step, setStep] = useState(cursor.current);
  useEffect(() => cursor.listen(setStep), [cursor]);
  return step;
}
