// The sign-in page as markup, state by state. How it behaves in a browser is the business of test/e2e.
import { beforeAll, describe, expect, it } from 'vitest';
import { createAssets } from '../../../src/http/kit/assets.ts';
import type { WaitingView } from '../../../src/http/waiting/waiting-views.ts';
import { createEveryView, waitingView } from '../../support/every-page.ts';

let views: ReturnType<typeof createEveryView>['waiting'];

beforeAll(async () => {
  views = createEveryView(await createAssets()).waiting;
});

describe('the sign-in page', () => {
  it('reloads without script only while there is news to come and nothing being typed', () => {
    const refreshes = (change: Partial<WaitingView>) =>
      views.waiting({ ...waitingView, ...change }).includes('http-equiv="refresh"');
    expect(refreshes({})).toBe(true);
    expect(refreshes({ state: 'scanned' })).toBe(true);
    expect(refreshes({ state: 'approved' })).toBe(true);
    expect(refreshes({ state: 'approved', needs: 'confirmation_code' })).toBe(false);
    expect(refreshes({ error: 'credentials_wrong' })).toBe(false);
    expect(refreshes({ wantsPassword: true })).toBe(false);
    expect(refreshes({ state: 'denied' })).toBe(false);
  });

  it('B20 shows no QR code or no password form if the client has disabled it', () => {
    expect(views.waiting({ ...waitingView, state: 'off', qrImage: null })).not.toContain('id="qr"');
    expect(views.waiting({ ...waitingView, hasPassword: false })).not.toContain('type="password"');
  });

  it('shows a logo that needs no other site, else the first letter', () => {
    const logo = 'data:image/png;base64,AAAA';
    expect(views.waiting({ ...waitingView, clientLogo: logo })).toContain(`<img class="logo" src="${logo}"`);
    expect(
      views.waiting({ ...waitingView, clientName: 'Tea House', clientLogo: '//elsewhere.example/x.png' }),
    ).toContain('>T</span>');
  });
});
