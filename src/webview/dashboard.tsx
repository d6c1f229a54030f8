import { render } from 'preact';
import { App } from './dashboard/app';
import { openChannel } from './dashboard/host';

const api = acquireVsCodeApi();
const channel = openChannel(api, (error) => {
  console.error(error);
});
const root = document.getElementById('root') ?? document.body;
render(<App api={api} channel={channel} />, root);
