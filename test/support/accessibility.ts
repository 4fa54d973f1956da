// What axe-core finds on a page in real Chromium. Findings that keep somebody from using the page fail.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

type Finding = { id: string; impact: string; help: string; nodes: { target: string[]; failureSummary: string }[] };
type Axe = { run(options: object): Promise<{ violations: Finding[] }> };

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const isMoving = 'document.getAnimations().some(({ playState }) => playState === "running")';
const grave = ['serious', 'critical'];

/**
 * In the colour scheme and width that the page has. Evaluated by the debugger, which the page's
 * Content-Security-Policy does not bind, so that the page is looked at as people get it.
 */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  // A colour half way between two says nothing.
  await expect.poll(() => page.evaluate(isMoving), { timeout: 10_000 }).toBe(false);
  await page.evaluate(source);
  // Judged there: the whole report is longer than the page.
  const findings = await page.evaluate(
    async (impacts: string[]) => {
      // It is the page's global, which the types of this side do not know.
      const { axe } = globalThis as unknown as { axe: Axe };
      const { violations } = await axe.run({ resultTypes: ['violations'] });
      return violations.filter(({ impact }) => impacts.includes(impact));
    },
    [...grave],
  );
  expect(findings.map(inWords), name).toEqual([]);
}

const inWords = ({ id, help, nodes }: Finding): string =>
  `${id}: ${help}\n${nodes.map(({ target, failureSummary }) => `  ${target.join(' ')}: ${failureSummary}`).join('\n')}`;

/**
 * What a person without a pointer has to reach, each by its place among them; of radio buttons one of a
 * group is a stop.
 */
const markStops = `
  (() => {
    const isShown = (each) => each.checkVisibility({ visibilityProperty: true }) && !each.matches(':disabled') && each.tabIndex >= 0;
    const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].filter(isShown);
    const groups = new Set();
    const stops = all.filter((each) => {
      if (each.type !== 'radio') return true;
      const isNew = !groups.has(each.name);
      groups.add(each.name);
      return isNew;
    });
    for (const each of all) each.dataset.stop = each.type === 'radio' ? 'radio ' + each.name : String(all.indexOf(each));
    document.activeElement?.blur();
    return stops.map((each) => ({ id: each.dataset.stop, what: each.outerHTML.slice(0, 120) }));
  })()`;
/** Where the keyboard is, and whether one sees it: on itself, or on the label that stands for it. */
const readFocus = `
  (() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const isMarked = (each) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
    };
    return { id: at.dataset.stop ?? '', isSeen: isMarked(at) || (at.closest('label') !== null && isMarked(at.closest('label'))) };
  })()`;

/** Everything that can be pressed or filled in is reached by Tab alone, and one sees where one is. */
export async function expectKeyboardUsable(page: Page, name: string): Promise<void> {
  const stops: { id: string; what: string }[] = await page.evaluate(markStops);
  const reached = new Set<string>();
  const unseen: string[] = [];
  for (let presses = 0; presses < stops.length + 20 && reached.size < stops.length; presses++) {
    await page.keyboard.press('Tab');
    const focus: { id: string; isSeen: boolean } | null = await page.evaluate(readFocus);
    if (!focus || focus.id === '') continue;
    reached.add(focus.id);
    if (!focus.isSeen) unseen.push(stops.find(({ id }) => id === focus.id)?.what ?? focus.id);
  }
  expect(
    stops.filter(({ id }) => !reached.has(id)).map(({ what }) => what),
    `${name}: not reached by keyboard`,
  ).toEqual([]);
  expect(unseen, `${name}: focus is not seen`).toEqual([]);
}
