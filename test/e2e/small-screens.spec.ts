// Every page on a small screen and with large text (WCAG 2.2 §1.4.4, §1.4.10): nothing is wider than the
// screen, no text is cut, and no bar covers more than a third of the screen. The pages are drawn from
// examples of their views, without a server.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundles, createAssets } from '../../src/http/kit/assets.ts';
import { openBrowser } from '../support/browser.ts';
import { everyPage } from '../support/every-page.ts';

let chromium: Browser;
let style: string;
/** One page for each template: the longest, without its script. */
let pages: { template: string; html: string }[];

beforeAll(async () => {
  chromium = await openBrowser();
  style = String((await bundles()).find(({ name }) => name === 'style.css')?.body);
  const longest = new Map<string, string>();
  for (const { template, html } of everyPage(await createAssets(), 'en'))
    if (html.length > (longest.get(template)?.length ?? 0)) longest.set(template, html);
  const withoutScript = (html: string) =>
    html.replace(/<script[\s\S]*?<\/script>/g, '').replace(/<link rel="stylesheet"[^>]*>/, `<style>${style}</style>`);
  pages = [...longest].map(([template, html]) => ({ template, html: withoutScript(html) }));
});
afterAll(() => chromium?.close());

/** Puts the steps of the phone, which are templates, into the page, with words in their slots. */
const fillSteps = `for (const template of document.querySelectorAll('template')) {
  const step = document.createElement('div');
  step.id = 'review';
  step.append(template.content.cloneNode(true));
  for (const slot of step.querySelectorAll('[data-slot]')) {
    slot.hidden = false;
    if (slot.matches('.logo-letter')) slot.textContent = 'C';
    else if (slot.matches('p.screen-code')) slot.textContent = 'WDJB-MJHT';
    else if (slot.matches('p.code')) slot.innerHTML = '<span>123</span><span>456</span>';
    else if (!slot.children.length && !slot.textContent.trim() && !slot.matches('input')) slot.textContent = 'Chrome on Linux';
  }
  template.after(step);
}`;

/** What is wrong with the page as it is shown now. */
const problems = `(() => {
  const found = [];
  const { clientWidth, scrollWidth } = document.documentElement;
  const nameOf = (element) => element.tagName.toLowerCase() + '.' + [...element.classList].join('.');
  if (scrollWidth > clientWidth) {
    const edgeOf = (element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return Math.max(element.getBoundingClientRect().right, range.getBoundingClientRect().right);
    };
    const wide = [...document.body.querySelectorAll('*')].filter((element) => edgeOf(element) > clientWidth + 1);
    found.push('wider than the screen: ' + wide.slice(-3).map(nameOf).join(', '));
  }
  for (const element of document.body.querySelectorAll('*')) {
    const { position, overflowX } = getComputedStyle(element);
    const { height, width } = element.getBoundingClientRect();
    if (width <= 1 || height === 0) continue;
    if (['fixed', 'sticky'].includes(position) && height > innerHeight / 3) found.push('covers the screen: ' + nameOf(element));
    const isCut = ['hidden', 'clip'].includes(overflowX) && element.scrollWidth > element.clientWidth + 1;
    if (isCut && element.textContent.trim()) found.push('cut: ' + nameOf(element));
  }
  return found;
})()`;

async function problemsOf(page: Page): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const { template, html } of pages) {
    await page.setContent(html);
    await page.evaluate(fillSteps);
    const found = await page.evaluate<string[]>(problems);
    if (found.length > 0) all[template] = found;
  }
  return all;
}

describe('every page', () => {
  it('can be read at 320 × 256 CSS pixels', async () => {
    const context = await chromium.newContext({ viewport: { width: 320, height: 256 } });
    expect(pages.length).toBeGreaterThan(40);
    expect(await problemsOf(await context.newPage())).toEqual({});
    await context.close();
  });

  it('can be read with text of 200 %', async () => {
    const context = await chromium.newContext({ viewport: { width: 390, height: 664 } });
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
    await page.setContent('<p>');
    expect(await page.evaluate('getComputedStyle(document.documentElement).fontSize')).toBe('32px');
    expect(await problemsOf(page)).toEqual({});
    await context.close();
  });
});
