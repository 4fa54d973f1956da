// The main job over HTTP: relying party, waiting browser and phone, all against one running provider.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import { createWaitingBrowser } from '../support/waiting-browser.ts';

let app: TestApp;
let alice: VirtualPhone;
beforeAll(async () => {
  app = await startApp();
  alice = await app.phone('alice');
});
afterAll(() => app.stop());

describe('signing in with a phone', () => {
  it('goes from the authorization request to tokens', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const page = await browser.open();
    expect(page.status).toBe(200);
    expect(page.text).toContain('QR code for signing in');
    const claim = await alice.scan({ qr: await browser.qr() });
    expect((await browser.ticket()).json()).toMatchObject({ state: 'scanned' });
    expect(await alice.approve(claim)).toBeNull();
    const finished = await browser.finish();
    expect(finished.status).toBe(200);
    const callback = await browser.follow(String(finished.json().location));
    expect(callback.searchParams.get('state')).toBe('state-1');
    expect(callback.searchParams.get('iss')).toBe(app.issuer);
    const tokens = await browser.redeem(callback.searchParams.get('code') ?? '');
    expect(tokens.status).toBe(200);
    const body = (await tokens.json()) as Record<string, string>;
    const claims = JSON.parse(Buffer.from(body.id_token?.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ acr: 'urn:tessera:qr', amr: ['mca', 'swk'], nonce: 'nonce-1', iss: app.issuer });
  });
});
