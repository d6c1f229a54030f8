/** What the page of a panel is made of; URIs as the webview may load them. */
export interface DashboardPage {
  readonly scriptUri: string;
  readonly styleUri: string;
  /** The webview's own source for the content security policy. */
  readonly cspSource: string;
  /** Fresh per page, from a cryptographic source. */
  readonly nonce: string;
  readonly title: string;
}

/** The page that the dashboard's script draws into. It may load its own script and style, and reach nothing else. */
export function dashboardHtml(page: DashboardPage): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${page.nonce}'`,
    `style-src ${page.cspSource}`,
    `font-src ${page.cspSource}`,
    `img-src ${page.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${escapeAttribute(policy)}">
  <meta name="viewport" content="width=device-width, initial-scale=1.0">
  <link rel="stylesheet" href="${escapeAttribute(page.styleUri)}">
  <title>${escapeAttribute(page.title)}</title>
</head>
<body>
  <div id="root"></div>
  <script nonce="${page.nonce}" src="${escapeAttribute(page.scriptUri)}"></script>
</body>
</html>`;
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
