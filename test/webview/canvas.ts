import type { Page } from 'playwright-core';

/** How many pixels of a canvas have each colour (RGBA as a hex string), leaving out the transparent ones. */
export async function canvasColours(page: Page, selector: string): Promise<ReadonlyMap<string, number>> {
  const counts = await page.locator(selector).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const found: Record<string, number> = {};
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] === 0) continue;
      const colour = [0, 1, 2, 3].map((channel) => data[at + channel]!.toString(16).padStart(2, '0')).join('');
      found[colour] = (found[colour] ?? 0) + 1;
    }
    return Object.entries(found);
  });
  return new Map(counts);
}

/** How many of a canvas's pixels are drawn on, and with exactly `colour` (`#rrggbb`). */
export async function canvasInk(page: Page, selector: string, colour: string): Promise<{ readonly drawn: number; readonly inColour: number }> {
  const colours = await canvasColours(page, selector);
  const drawn = [...colours.values()].reduce((sum, count) => sum + count, 0);
  return { drawn, inColour: colours.get(`${colour.slice(1)}ff`) ?? 0 };
}

/** The texts of a table's body, row by row. */
export function tableTexts(page: Page, panel: string): Promise<string[][]> {
  return page.locator(`${panel} tbody tr`).evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
}
