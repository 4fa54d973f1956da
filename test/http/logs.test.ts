// What a whole run writes to the log and to the audit trail (security.md H4): every event, and no secret.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { refresh, signIn, userinfo } from '../support/signed-in.ts';
import { createWaitingBrowser } from '../support/waiting-browser.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ log: { level: 'trace' } });
});
afterAll(() => app.stop());

describe('the log of a whole run', () => {
  it('H4 has no code, token, handle, frame, password, proof or cookie in it', async () => {
    const secrets = new Set<string>([
      'tessera-demo-alice',
      'dev-web-secret-for-local-use-only',
      'a wrong password here',
    ]);
    const alice = await app.phone('alice');
    secrets.add(alice.cookie.split('=')[1] ?? '');

    const { browser, code, tokens } = await signIn(app, alice, {
      scope: 'openid profile offline_access',
      prompt: 'consent',
    });
    for (const { value } of browser.cookies.values()) secrets.add(value);
    secrets.add(browser.uid).add(browser.verifier).add(code);
    secrets
      .add(tokens.access_token)
      .add(tokens.id_token)
      .add(tokens.refresh_token ?? '');
    await userinfo(app, tokens.access_token);
    const rotated = (await (await refresh(app, tokens.refresh_token ?? '')).json()) as Record<string, string>;
    secrets.add(rotated.refresh_token ?? '').add(rotated.access_token ?? '');
    await browser.redeem(code);

    const cellar = createWaitingBrowser(app.issuer);
    await cellar.open({ client_id: 'tea-cellar', redirect_uri: 'http://localhost:3001/cellar/callback' });
    const { qr, user_code } = (await cellar.ticket()).json();
    const frame = String(qr).split('/q/')[1] ?? '';
    secrets
      .add(frame)
      .add(frame.split('.')[0] ?? '')
      .add(String(user_code));
    await alice.call('GET', `/q/${frame}`);
    const claim = await alice.scan({ qr: String(qr) });
    secrets.add(claim.approvalToken);
    await alice.call('GET', `/phone/v1/tickets/${claim.ticket}`);
    const confirmation = await alice.approve(claim);
    secrets.add(String(confirmation));
    await cellar.finish('000000');
    await cellar.finish(String(confirmation));

    const proof = await alice.proof('POST', '/phone/v1/scan');
    secrets.add(proof);
    await alice.call('POST', '/phone/v1/scan', { qr: 'nonsense' }, { DPoP: proof });
    await alice.call('POST', '/phone/v1/scan', { qr: 'nonsense' }, { DPoP: proof });
    const wrong = new URLSearchParams({ username: 'alice\r\n{"level":60}', password: 'a wrong password here' });
    await fetch(`${app.issuer}/sign-in`, { method: 'POST', body: wrong });
    await fetch(`${app.issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from('dev-web:dev-web-secret-for-local-use-only').toString('base64')}`,
      },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: 'http://127.0.0.1:8765/callback',
      }),
    });
    const [approval] = await alice.approvals();
    await alice.endApproval(String(approval?.id));

    const lines = app.logText().trimEnd().split('\n');
    const paths = lines.map((line) => JSON.parse(line).path);
    expect(paths).toEqual(
      expect.arrayContaining(['/q/:frame', '/interaction/:uid/finish', '/token', '/phone/v1/scan']),
    );
    const account = await app.accounts.findByUsername('alice');
    const trail = JSON.stringify(await app.store.audit.listByAccount(account?.id ?? '', 1000));
    expect(trail).toContain('ticket.consumed');
    secrets.delete('');
    expect(secrets.size).toBeGreaterThan(18);
    for (const secret of secrets) {
      expect(app.logText(), 'the log').not.toContain(secret);
      expect(trail, 'the audit trail').not.toContain(secret);
    }
  });
});
