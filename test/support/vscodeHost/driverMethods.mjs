// What the endpoint offers. `frame` chooses a webview by what it shows: {title, selector, text, url}, each optional;
// without `frame` the workbench itself is meant.
const DEFAULT_TIMEOUT_MS = 10_000;
const RETRY_MS = 100;

const isWebview = (frame) => frame.url().includes('/webview/browser/pre/');

async function frameMatches(frame, { url, title, selector, text }) {
  if (url !== undefined && !frame.url().includes(url)) return false;
  if (title !== undefined && !(await frame.title()).includes(title)) return false;
  if (selector !== undefined && (await frame.locator(selector).count()) === 0) return false;
  return text === undefined || (await frame.locator('body').innerText()).includes(text);
}

async function findFrame(page, wanted) {
  // Inner frames come last in the list, and it is the innermost that holds the extension's own document.
  for (const frame of page.frames().filter(isWebview).reverse()) {
    try {
      if (await frameMatches(frame, wanted)) return frame;
    } catch {
      // The frame went away while it was looked at.
    }
  }
  return undefined;
}

async function describeFrames(page) {
  const described = page.frames().filter(isWebview).map(async (frame) => ({
    url: frame.url(),
    title: await frame.title().catch(() => ''),
    text: (await frame.locator('body').innerText({ timeout: 500 }).catch(() => '')).slice(0, 300),
  }));
  return Promise.all(described);
}

async function waitForFrame(page, wanted, timeoutMs) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const frame = await findFrame(page, wanted);
    if (frame !== undefined) return frame;
    if (Date.now() > end) {
      const seen = JSON.stringify(await describeFrames(page));
      throw new Error(`No webview matches ${JSON.stringify(wanted)}. There are: ${seen}`);
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** The methods by name; each takes the request's JSON body and resolves to a JSON value. */
export function makeMethods(page, violations) {
  const where = async ({ frame, timeoutMs = DEFAULT_TIMEOUT_MS }) => (frame === undefined ? page : waitForFrame(page, frame, timeoutMs));
  const locate = async (query) => (await where(query)).locator(query.selector);
  const timeout = ({ timeoutMs = DEFAULT_TIMEOUT_MS }) => ({ timeout: timeoutMs });
  return {
    frames: () => describeFrames(page),
    cspViolations: () => violations,
    evaluate: async (query) => (await where(query)).evaluate(query.expression),
    click: async (query) => (await locate(query)).first().click({ ...timeout(query), button: query.button ?? 'left' }),
    hover: async (query) => (await locate(query)).first().hover({ ...timeout(query), position: query.position }),
    count: async (query) => (await locate(query)).count(),
    text: async (query) => (await locate({ selector: 'body', ...query })).first().innerText(timeout(query)),
    texts: async (query) => (await locate(query)).allInnerTexts(),
    attributes: async (query) =>
      (await locate(query)).evaluateAll((elements, name) => elements.map((element) => element.getAttribute(name)), query.name),
    waitFor: async (query) => (await locate(query)).first().waitFor({ ...timeout(query), state: query.state ?? 'visible' }),
    press: ({ keys }) => page.keyboard.press(keys),
    type: ({ text }) => page.keyboard.type(text),
    fill: async (query) => (await locate(query)).first().fill(query.text, timeout(query)),
    screenshot: async ({ path }) => {
      await page.screenshot({ path });
      return path;
    },
  };
}
