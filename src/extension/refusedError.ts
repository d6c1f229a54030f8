import { ExpectedError } from '../protocol/channel';

/** A button under a message and the command behind it. */
export interface MessageAction {
  readonly title: string;
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

/** An expected error that a person can do something about, with the button that does it. */
export class RefusedError extends ExpectedError {
  override readonly name = 'RefusedError';
  constructor(
    message: string,
    readonly actions: readonly MessageAction[],
  ) {
    super(message);
  }
}
