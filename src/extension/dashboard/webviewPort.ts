import type * as vscode from 'vscode';
import type { Port } from '../../protocol/channel';

/** A webview's end of a channel. After `close` nothing passes any more, in either direction. */
export function webviewPort(webview: vscode.Webview): { readonly port: Port; readonly close: () => void } {
  let open = true;
  const subscriptions: vscode.Disposable[] = [];
  return {
    port: {
      post: (message) => {
        if (open) void webview.postMessage(message);
      },
      listen: (listener) => {
        const subscription = webview.onDidReceiveMessage(listener);
        subscriptions.push(subscription);
        return () => void subscription.dispose();
      },
    },
    close: () => {
      open = false;
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}
