import assert from 'node:assert/strict';
import { dashboardHtml } from '../../../src/extension/dashboard/dashboardHtml';

const page = { scriptUri: 'https://host/d.js', styleUri: 'https://host/d.css', cspSource: 'https://host', nonce: 'abc', title: '<b>"x"' };

describe('dashboardHtml', () => {
  it('lets only its own script run', () => {
    const html = dashboardHtml(page);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
    assert.equal(policy, `default-src 'none'; script-src 'nonce-abc'; style-src https://host; font-src https://host; img-src https://host`);
    assert.equal(html.match(/<script/g)!.length, 1);
    assert.match(html, /<script nonce="abc" src="https:\/\/host\/d\.js">/);
  });

  it('escapes the title', () => {
    assert.match(dashboardHtml(page), /<title>&lt;b&gt;&quot;x&quot;<\/title>/);
  });
});
