// react-oidc-context over oidc-client-ts: sign-in in a popup and by redirect, renewal with a refresh token,
// revocation and sign-out, all in a browser.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type RegisteredParty, type Stage, signInByPassword, signInByPhone } from './support.ts';

let stage: Stage;
let party: RegisteredParty;
beforeAll(async () => {
  stage = await openStage();
  party = await stage.register('/callback', { token_endpoint_auth_method: 'none' });
  await stage.startApp('single-page', party, { APP: 'react.jsx' });
});
afterAll(() => stage?.close());

const alice = 'Alice Liddell alice@example.com';

async function open(): Promise<Page> {
  const page = await stage.openTab();
  await page.goto(party.origin);
  await page.getByText('Nobody').waitFor();
  return page;
}

/** Clicks a button that opens a popup. @returns the popup */
async function openPopup(page: Page, button: string): Promise<Page> {
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.getByRole('button', { name: button }).click()]);
  return popup;
}

async function closes(popup: Page): Promise<void> {
  if (!popup.isClosed()) await popup.waitForEvent('close');
}

const tokenOf = (page: Page): Promise<string> => page.locator('output').innerText();

async function renew(page: Page): Promise<void> {
  const before = await tokenOf(page);
  await page.getByRole('button', { name: 'Renew' }).click();
  await page.getByText('Renewal done').waitFor();
  await page.getByText(alice).waitFor();
  expect(await tokenOf(page)).not.toBe(before);
}

describe('react-oidc-context', () => {
  it('signs in and out in a popup, and renews its tokens twice', async () => {
    const page = await open();
    const popup = await openPopup(page, 'Sign in in a popup');
    await signInByPassword(popup);
    await page.getByText(alice).waitFor();
    await closes(popup);
    await renew(page);
    await renew(page);

    await closes(await openPopup(page, 'Sign out in a popup'));
    await page.getByText('Nobody').waitFor();
  });

  it('signs in by redirect, revokes its tokens and signs out', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await signInByPhone(page, await stage.app.phone('alice'));
    await page.getByText(alice).waitFor();
    expect(page.url()).toBe(`${party.origin}/`);

    const token = await tokenOf(page);
    const askUserinfo = () => fetch(`${stage.issuer}/me`, { headers: { authorization: `Bearer ${token}` } });
    expect((await askUserinfo()).status).toBe(200);
    await page.getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Revocation done').waitFor();
    expect((await askUserinfo()).status).toBe(401);

    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByText('Nobody').waitFor();
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('img', { name: 'QR code for signing in' }).waitFor();
  });
});
