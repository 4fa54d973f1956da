// What a browser calls itself, in a person's words. Untrusted: short, plain, and never a reason to allow anything.
import { isUtf8 } from 'node:buffer';
import Bowser from 'bowser';
import { unknownDevice } from '../../i18n/agents.ts';
import { plainText } from '../../plain-text.ts';

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

/** What a device without a browser calls itself, where that is meant for people; `system` is empty when it does not say. */
export function describeDevice(header: string): { name: string; system: string } {
  const { name, system } = describeAgent(header);
  const isBrowser = /^(Mozilla|Opera)\//.test(header) && name !== unknown.name;
  return {
    name: isBrowser ? name : ownName(header) || unknownDevice,
    system: system === unknown.system ? '' : system,
  };
}

/** A header as its sender wrote it: HTTP hands on bytes, as one character each, and nearly everybody writes UTF-8. What is none stays. */
export function headerText(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : header;
}

/** "Tea House TV/2.1 (Linux)": a name of several words. A single one is a product token (RFC 9110 §10.1.5), mostly of the library that sends. */
function ownName(header: string): string {
  // Some letters, such as the Hangul fillers, are not to be seen.
  const name = plainText(/^(?:(?!\p{DI})[\p{L}\p{N} .’'_-])+/u.exec(header)?.[0], maxLength);
  return name.includes(' ') && !/http-?client/i.test(name) ? name : '';
}
