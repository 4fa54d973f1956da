// Draws the app icons of views/icons from views/favicon.svg with the system's Chromium. Run by hand when
// the mark changes: `node test/support/draw-icons.ts`. The files are committed, because nothing here draws
// SVG without a browser.
import { readFile, writeFile } from 'node:fs/promises';
import { openBrowser } from './browser.ts';

const root = new URL('../../', import.meta.url);
const mark = await readFile(new URL('views/favicon.svg', root), 'utf8');
/**
 * `share`: of the side that the mark takes. A maskable icon keeps it inside the safe circle, 80 % of the
 * side.
 */
const icons = [
  { name: 'icon-180', side: 180, share: 0.62, ground: '#ffffff' },
  { name: 'icon-192', side: 192, share: 0.88, ground: 'transparent' },
  { name: 'icon-512', side: 512, share: 0.88, ground: 'transparent' },
  { name: 'icon-maskable-512', side: 512, share: 0.5, ground: '#ffffff' },
];

const browser = await openBrowser();
for (const { name, side, share, ground } of icons) {
  const page = await browser.newPage({ viewport: { width: side, height: side } });
  const style = `html{background:${ground}}body{margin:0;height:100vh;display:grid;place-items:center}svg{width:${share * 100}%}`;
  await page.setContent(`<style>${style}</style>${mark}`);
  const picture = await page.screenshot({ omitBackground: true });
  await writeFile(new URL(`views/icons/${name}.png`, root), picture);
  await page.close();
}
await browser.close();
