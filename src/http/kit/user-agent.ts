// What a browser or a screen calls itself, in words for people. The header is untrusted: it is cut, cleaned,
// and never a reason to allow anything.
import { isUtf8 } from 'node:buffer';
import Bowser from 'bowser';
import { unknownDevice } from '../../i18n/agents.ts';
import { plainText } from '../../plain-text.ts';

export type Agent = { readonly name: string; readonly system: string; readonly isMobile: boolean };

const unknown: Agent = { name: 'Unknown browser', system: 'unknown system', isMobile: false };
const maxLength = 40;

/** Name and system of a browser from its User-Agent header, at most 40 characters each. */
export function describeAgent(header: string): Agent {
  if (!header) return unknown;
  const { browser, os, platform } = Bowser.parse(header.slice(0, 512));
  return {
    name: plainText(browser.name, maxLength) || unknown.name,
    system: plainText(os.name, maxLength) || unknown.system,
    isMobile: platform.type === 'mobile' || platform.type === 'tablet',
  };
}

/**
 * The name of a screen from its User-Agent header, if the header is meant for people. `system` is empty when
 * it is not named.
 */
export function describeDevice(header: string): { name: string; system: string } {
  const { name, system } = describeAgent(header);
  const isBrowser = /^(Mozilla|Opera)\//.test(header) && name !== unknown.name;
  return {
    name: isBrowser ? name : ownName(header) || unknownDevice,
    system: system === unknown.system ? '' : system,
  };
}

/**
 * Decodes a header as UTF-8. HTTP hands bytes on as one character each, and nearly every sender writes UTF-8;
 * other bytes stay as they are.
 */
export function headerText(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : header;
}

/**
 * Takes "Tea House TV" from "Tea House TV/2.1 (Linux)": a name of several words. A single word is a product
 * token (RFC 9110 §10.1.5), mostly of an HTTP library.
 */
function ownName(header: string): string {
  // Some letters, such as the Hangul fillers, are invisible (\p{DI}).
  const name = plainText(/^(?:(?!\p{DI})[\p{L}\p{N} .’'_-])+/u.exec(header)?.[0], maxLength);
  return name.includes(' ') && !/http-?client/i.test(name) ? name : '';
}
