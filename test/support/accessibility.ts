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
 * In the colour scheme and width that the page has. Evaluated by the debugger, which the page's Content-Security-Policy does not bind, so that
 * the page is looked at as people get it.
 */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  // A colour half way between two says nothing.
  await expect.poll(() => page.evaluate(isMoving), { timeout: 10_000 }).toBe(false);
  await page.evaluate(source);
  const run = (options: object) => (globalThis as unknown as { axe: Axe }).axe.run(options);
  const { violations } = await page.evaluate(run, { resultTypes: ['violations'] });
  expect(violations.filter(({ impact }) => grave.includes(impact)).map(inWords), name).toEqual([]);
}

const inWords = ({ id, help, nodes }: Finding): string =>
  `${id}: ${help}\n${nodes.map(({ target, failureSummary }) => `  ${target.join(' ')}: ${failureSummary}`).join('\n')}`;
