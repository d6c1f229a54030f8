// A loopback endpoint through which a suite inside the extension host reads and works the page around it:
// POST <address>/<method> with a JSON body; the answer is {"value": …} or {"error": "…"} with status 500.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { onEnd } from './cleanup.mjs';
import { makeMethods } from './driverMethods.mjs';

const MAX_BODY_BYTES = 1_000_000;

async function readBody(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > MAX_BODY_BYTES) throw new Error('The request is too long.');
  }
  return body === '' ? {} : JSON.parse(body);
}

function reply(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** Serves the page to the suite; `attach` gives it the page, which exists only after the server that is told the address. */
export async function serveDriver() {
  const secret = randomBytes(16).toString('hex');
  let methods = {};
  const answer = async (request, response) => {
    const [, key, name] = request.url.split('/');
    if (request.method !== 'POST' || key !== secret) return reply(response, 404, { error: 'Not found' });
    try {
      const method = methods[name];
      if (method === undefined) throw new Error(`No such method: ${name}`);
      reply(response, 200, { value: (await method(await readBody(request))) ?? null });
    } catch (error) {
      reply(response, 500, { error: error.message });
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = onEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    address: `http://127.0.0.1:${server.address().port}/${secret}`,
    attach: ({ page, violations }) => void (methods = makeMethods(page, violations)),
    stop,
  };
}
