import type { Port } from '../../protocol/channel';

/** What VS Code gives a webview to talk to its extension and to keep its layout. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  /** Provided by VS Code; may be called once per page. */
  function acquireVsCodeApi(): VsCodeApi;
}

/** The message pipe from this page to the extension. */
export function webviewPort(api: VsCodeApi): Port {
  return {
    post: (message) => {
      api.postMessage(message);
    },
    listen: (listener) => {
      const receive = (event: MessageEvent<unknown>): void => listener(event.data);
      window.addEventListener('message', receive);
      return () => {
        window.removeEventListener('message', receive);
      };
    },
  };
}
