// The files that pages load: served under a hash of their content. And the colours of their style sheet.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createAssets } from '../../../src/http/kit/assets.ts';

describe('the assets', () => {
  it('are served under a hash of their content, and nothing else is', async () => {
    const assets = await createAssets();
    const url = assets.url('style.css');
    expect(url).toMatch(/^\/assets\/style\.[\w-]{12}\.css$/);
    expect(assets.serve(url)?.type).toContain('text/css');
    expect(assets.serve(assets.url('waiting.js'))?.body.length).toBeGreaterThan(1000);
    for (const path of ['/assets/', '/assets/style.css', '/assets/../package.json', '/assets/__proto__', `${url}x`]) {
      expect(assets.serve(path), path).toBeNull();
    }
  });
});

describe('the colours', () => {
  type Scheme = Record<string, string>;
  const schemes = async (): Promise<Scheme[]> => {
    const css = await readFile(new URL('../../../views/style/tokens.css', import.meta.url), 'utf8');
    const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');
    return [light, dark].map((part) =>
      Object.fromEntries([...part.matchAll(/--([\w-]+): (#\w{6})/g)].map((found) => found.slice(1, 3))),
    );
  };
  const luminance = (hex: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a = '', b = '') => {
    const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const texts = [
    ['ink', 'card'],
    ['ink', 'inset'],
    ['ink-soft', 'card'],
    ['ink-soft', 'inset'],
    ['ink-soft', 'paper'],
    ['accent', 'card'],
    ['accent', 'accent-wash'],
    ['accent-ink', 'accent'],
    ['accent-ink', 'accent-strong'],
    ['bad', 'bad-wash'],
    ['caution-ink', 'caution-wash'],
    ['caution-ink', 'card'],
  ] as const;

  it('keep WCAG AA contrast in both schemes: 4.5 for text, 3 for the edges of controls', async () => {
    for (const scheme of await schemes()) {
      for (const [ink, surface] of texts) {
        expect(contrast(scheme[ink], scheme[surface]), `${ink} on ${surface}`).toBeGreaterThanOrEqual(4.5);
      }
      expect(contrast(scheme['line-strong'], scheme.card), 'line-strong on card').toBeGreaterThanOrEqual(3);
    }
  });
});
