// The browsers that the tests of this folder drive, and what a person does in each of them.
import type { TestApp } from '../support/app.ts';
import { readQr } from '../support/browser.ts';
import type { Engine, EngineWindow } from '../support/engines/engine.ts';
import { startFirefox } from '../support/engines/firefox.ts';
import { startWebKit } from '../support/engines/webkit.ts';

export const engines: Readonly<Record<Engine['name'], () => Promise<Engine>>> = {
  firefox: startFirefox,
  webkit: startWebKit,
};

export const demoPassword = (username: string): string => `tessera-demo-${username}`;

/** Fills the password form of the sign-in page, of which a link leads to the form alone. */
export async function signInByPassword(window: EngineWindow, username = 'alice'): Promise<void> {
  const address = await window.url();
  if (!address.includes('?')) await window.goto(`${address}?password`);
  await fillPassword(window, username);
}

/** Fills a form for username and password that is open. */
export async function fillPassword(window: EngineWindow, username = 'alice'): Promise<void> {
  await window.fill('Username', username);
  await window.fill('Password', demoPassword(username));
  await window.leaveBy('button', 'Sign in');
}

/** What zbar reads in a picture of the window. */
export async function scan(window: EngineWindow): Promise<string> {
  await window.waitFor('image', 'QR code for signing in');
  return readQr(await window.picture());
}

/** A phone in code scans what the window shows. */
export async function claimFrom(app: TestApp, window: EngineWindow, username = 'alice') {
  const phone = await app.phone(username);
  return { phone, claim: await phone.scan({ qr: await scan(window) }) };
}
