// What a browser calls itself, in a person's words. Untrusted: short, plain, and never a reason to allow anything.
import Bowser from 'bowser';

export type Agent = { readonly name: string; readonly system: string; readonly isMobile: boolean };

const unknown: Agent = { name: 'Unknown browser', system: 'unknown system', isMobile: false };
const maxLength = 40;

export function describeAgent(header: string): Agent {
  if (!header) return unknown;
  const { browser, os, platform } = Bowser.parse(header.slice(0, 512));
  return {
    name: plainText(browser.name, maxLength) || unknown.name,
    system: plainText(os.name, maxLength) || unknown.system,
    isMobile: platform.type === 'mobile' || platform.type === 'tablet',
  };
}

/** What a device without a browser calls itself; most are no browser, so the first word of what it says is all there is. */
export function describeDevice(header: string): { name: string; system: string } {
  const { name, system } = describeAgent(header);
  const product = /^[\w .-]{1,40}/.exec(header)?.[0] ?? '';
  const isKnown = name !== unknown.name;
  const isSystemKnown = system !== unknown.system;
  return {
    name: isKnown ? name : plainText(product, maxLength) || 'Unknown device',
    system: isSystemKnown ? system : '',
  };
}

/** One line without control, format (bidi) and private-use characters, cut to length (security.md B10). */
export function plainText(text: string | undefined, length: number): string {
  const clean = (text ?? '')
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const letters = [...clean];
  return letters.length > length ? `${letters.slice(0, length - 1).join('')}…` : clean;
}
