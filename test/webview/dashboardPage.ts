import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { Handlers, Port } from '../../src/protocol/channel';
import { Channel } from '../../src/protocol/channel';
import type { DashboardEvents, DashboardHostApi, DashboardIntent, DashboardView } from '../../src/protocol/dashboardMessages';
import type { ProblemRow } from '../../src/protocol/run';
import { choiceReport } from '../unit/extension/choices';
import type { SampleRun } from './sampleState';

/** How the page is opened. */
export interface PageOptions {
  readonly theme?: 'vscode-dark' | 'vscode-light' | 'vscode-high-contrast';
  readonly width?: number;
  readonly height?: number;
  /** What VS Code kept from an earlier page. */
  readonly keptLayout?: unknown;
  /** The page's timers stand still until the test moves its clock. */
  readonly stoppedClock?: boolean;
  /** Replaces what the host answers. */
  readonly handlers?: Partial<Handlers<DashboardHostApi>>;
  /** The run behind the list and the card. */
  readonly sample?: SampleRun;
}

/** One dashboard in a browser with a host that a test plays. */
export interface OpenDashboard {
  readonly page: Page;
  readonly readyWidths: number[];
  readonly resizedWidths: number[];
  /** Which metrics the page has asked for: first with `ready`, then with each choice. */
  readonly askedMetrics: (readonly string[] | null)[];
  /** Resolves when the page next reports a width. */
  readonly nextResize: () => Promise<void>;
  /** What the page kept last. */
  readonly keptLayout: () => Promise<unknown>;
  /** Policy violations, page errors and console errors so far. */
  readonly complaints: string[];
  /** Sends a state and waits until it has been drawn. */
  show(view: DashboardView): Promise<void>;
  /** Waits until what happened on the page has been drawn. */
  settle(): Promise<void>;
  /** The wishes so far, once there are at least `count`. */
  wishes(count: number): Promise<readonly DashboardIntent[]>;
  /** The run that the host answers from. */
  serve(sample: SampleRun): void;
  close(): Promise<void>;
}

const root = join(import.meta.dirname, '../..');
const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** A browser and the built page, shared by the tests of one file. */
export class DashboardBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly server: Server,
    private readonly url: string,
  ) {}

  static async launch(): Promise<DashboardBrowser> {
    const script = await bundleDashboard();
    const server = await serveFiles(script);
    const { port } = server.address() as AddressInfo;
    const browser = await chromium.launch({
      executablePath: findChromium(),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    return new DashboardBrowser(browser, server, `http://127.0.0.1:${port}`);
  }

  async open(options: PageOptions = {}): Promise<OpenDashboard> {
    const page = await this.browser.newPage({ viewport: { width: options.width ?? 1280, height: options.height ?? 1000 } });
    return openDashboard(page, `${this.url}/?theme=${options.theme ?? 'vscode-dark'}`, options);
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.close();
  }
}

async function bundleDashboard(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'src/webview/dashboard.tsx')],
    bundle: true,
    minify: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  });
  return outputFiles[0]!.text;
}

async function serveFiles(script: string): Promise<Server> {
  const style = await readFile(join(root, 'media/dashboard.css'), 'utf8');
  const theme = await readFile(join(import.meta.dirname, 'vscodeTheme.css'), 'utf8');
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const files = new Map([
      ['/dashboard.js', ['text/javascript', script]],
      ['/dashboard.css', ['text/css', style]],
      ['/theme.css', ['text/css', theme]],
    ]);
    const [type, body] = files.get(url.pathname) ?? ['text/html', ''];
    response.setHeader('Content-Type', `${type ?? ''}; charset=utf-8`);
    if (url.pathname !== '/') {
      response.statusCode = body === '' ? 204 : 200;
      response.end(body);
      return;
    }
    const nonce = randomBytes(16).toString('base64');
    const source = `http://${request.headers.host ?? ''}`;
    response.setHeader('Content-Security-Policy', `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${source}; font-src ${source}; img-src ${source}`);
    response.end(pageText(nonce, url.searchParams.get('theme') ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function pageText(nonce: string, theme: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>dashboard</title>
<link rel="stylesheet" href="theme.css"><link rel="stylesheet" href="dashboard.css"></head>
<body class="${theme}"><div id="root"></div><script nonce="${nonce}" src="dashboard.js"></script></body></html>`;
}

/** The Chromium to drive: CHROME_PATH, else the first usual name on PATH. */
function findChromium(): string {
  const given = process.env['CHROME_PATH'];
  if (given) return given;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = chromiumNames.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = candidates.find(isExecutable);
  if (!found) throw new Error('The webview tests need Chromium: install chromium or set CHROME_PATH to its executable.');
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function openDashboard(page: Page, url: string, options: PageOptions): Promise<OpenDashboard> {
  const complaints: string[] = [];
  page.on('console', (message) => {
    // Reading pixels back is the tests' doing, not the page's.
    const ownDoing = message.text().startsWith('Canvas2D: Multiple readback');
    if (!ownDoing && (message.type() === 'error' || message.type() === 'warning')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const host = new PlayedHost(page, options);
  await page.exposeFunction('hostReceive', (message: unknown) => host.receive(message));
  await page.exposeFunction('complain', (text: string) => complaints.push(text));
  if (options.stoppedClock) await page.clock.install();
  // The loader of these tests wraps functions in a naming helper that a page does not have.
  await page.addInitScript({ content: 'globalThis.__name = (target) => target;' });
  await page.addInitScript(fakeVsCode, options.keptLayout ?? null);
  await page.goto(url);
  await page.waitForFunction(() => (document.getElementById('root')?.childElementCount ?? 0) > 0);
  return {
    page,
    complaints,
    readyWidths: host.readyWidths,
    resizedWidths: host.resizedWidths,
    askedMetrics: host.askedMetrics,
    nextResize: () => new Promise((resolve) => (host.onResized = resolve)),
    keptLayout: () => page.evaluate(() => (window as unknown as { keptLayout: unknown }).keptLayout),
    show: (view) => host.show(view),
    settle: () => host.settle(),
    wishes: (count) => host.wishes(count),
    serve: (sample) => host.serve(sample),
    close: () => page.close(),
  };
}

/** Runs in the page before its script: VS Code's side of the bridge. */
function fakeVsCode(kept: unknown): void {
  const page = window as unknown as { hostReceive(message: unknown): void; complain(text: string): void; keptLayout: unknown; acquireVsCodeApi: () => unknown };
  page.keptLayout = kept ?? undefined;
  page.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => page.hostReceive(message),
    getState: () => page.keptLayout,
    setState: (state: unknown) => {
      page.keptLayout = state;
    },
  });
  document.addEventListener('securitypolicyviolation', (event) => page.complain(`${event.violatedDirective}: ${event.blockedURI}`));
}

/** The extension's side, played: a real channel over the page bridge. */
class PlayedHost {
  readonly intents: DashboardIntent[] = [];
  readonly readyWidths: number[] = [];
  readonly resizedWidths: number[] = [];
  readonly askedMetrics: (readonly string[] | null)[] = [];
  private onIntent: () => void = () => undefined;
  onResized: () => void = () => undefined;
  private sample: SampleRun | null;
  private listener: (message: unknown) => void = () => undefined;
  private readonly channel: Channel<DashboardHostApi, DashboardEvents, object, object>;

  constructor(
    private readonly page: Page,
    options: PageOptions,
  ) {
    this.sample = options.sample ?? null;
    const port: Port = {
      post: (message) => void page.evaluate((value) => window.postMessage(value, '*'), message).catch(() => undefined),
      listen: (listener) => {
        this.listener = listener;
        return () => undefined;
      },
    };
    const handlers: Handlers<DashboardHostApi> = { ...this.answers(), ...options.handlers };
    this.channel = new Channel<DashboardHostApi, DashboardEvents, object, object>(port, handlers, () => undefined);
  }

  receive(message: unknown): void {
    this.listener(message);
  }

  serve(sample: SampleRun): void {
    this.sample = sample;
  }

  async show(view: DashboardView): Promise<void> {
    this.channel.tell('state', view);
    await this.settle();
  }

  async wishes(count: number): Promise<readonly DashboardIntent[]> {
    while (this.intents.length < count) await new Promise((resolve) => (this.onIntent = () => resolve(undefined)));
    return this.intents;
  }

  /** What was posted before is handled first; two frames later Preact and chart.js have drawn. */
  async settle(): Promise<void> {
    await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 0)))));
  }

  private answers(): Handlers<DashboardHostApi> {
    return {
      ready: ({ widthPx, metrics }) => {
        this.readyWidths.push(widthPx);
        this.askedMetrics.push(metrics);
      },
      showMetrics: ({ names }) => void this.askedMetrics.push(names),
      resized: ({ widthPx }) => {
        this.resizedWidths.push(widthPx);
        this.onResized();
      },
      problems: ({ sort, descending, search, offset, limit }) => {
        const found = (this.sample?.rows ?? []).filter((row) => !search || row.id.includes(search) || row.text.includes(search));
        const key = (row: ProblemRow): number => (sort === 'id' || sort === 'alignment' ? 0 : (row[sort] ?? -9));
        const sorted = [...found].sort((a, b) => (descending ? key(b) - key(a) : key(a) - key(b)));
        return { revision: this.sample?.state.revision ?? 0, total: sorted.length, rows: sorted.slice(offset, offset + limit) };
      },
      problem: ({ id }) => this.sample?.details.get(id) ?? null,
      explain: ({ id }) => choiceReport({ problem: id }),
      groups: ({ step }) => [{ step, problem: 'h:1', title: 'First problem', n: 8, scored: 8, correct: 8, rewardMean: 1, membership: 'normal' }],
      intent: (intent) => {
        this.intents.push(intent);
        this.onIntent();
      },
    };
  }
}
