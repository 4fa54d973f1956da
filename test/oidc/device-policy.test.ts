// What a relying party asks of a sign-in counts for devices too: how fresh the proof has to be, which
// class, and whose sign-in it is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { createScreen } from '../support/screen.ts';
import { PhoneRefusal, type VirtualPhone } from '../support/virtual-phone.ts';

const tv = {
  client_id: 'tv',
  client_name: 'Living room TV',
  token_endpoint_auth_method: 'none',
  grant_types: ['refresh_token'],
  scope: 'openid profile offline_access',
  device_grant: true,
};
const strict = { ...tv, client_id: 'strict', default_max_age: 0 };
const phishingResistant = { ...tv, client_id: 'resistant', default_acr_values: ['phr'] };

let app: TestApp;
let phone: VirtualPhone;
beforeAll(async () => {
  app = await startApp({ clients: [tv, strict, phishingResistant] });
  phone = await app.phone();
});
afterAll(() => app.stop());

const confirmed = { user_code_confirmed: true };
const codeOf = (error: unknown) => (error instanceof PhoneRefusal ? error.code : String(error));

describe('the requirements of a screen’s sign-in', () => {
  it('A12 max_age=0 requires a new proof of the person', async () => {
    app.time.shiftSeconds = 2;
    const asked = await createScreen(app.issuer, 'tv').begin({ scope: 'openid', max_age: '0' });
    const byDefault = await createScreen(app.issuer, 'strict').begin();
    for (const device of [asked, byDefault]) {
      const claim = await phone.scan({ user_code: device.user_code });
      expect(claim.requires).toContain('reauthentication');
      expect(await phone.approve(claim, confirmed).catch(codeOf)).toBe('reauthentication_required');
    }
    app.time.shiftSeconds = 0;
  });

  it('A14 acr_values=phr is refused, since no screen reaches it', async () => {
    const wish = { scope: 'openid', acr_values: 'phr' };
    const { status, body } = await createScreen(app.issuer, 'tv').post('/device/auth', wish);
    expect([status, body.error]).toEqual([400, 'unmet_authentication_requirements']);
    const byDefault = await createScreen(app.issuer, 'resistant').post('/device/auth', { scope: 'openid' });
    expect(byDefault.body.error).toBe('unmet_authentication_requirements');
    // Where something else would do as well, it does.
    const either = await createScreen(app.issuer, 'tv').post('/device/auth', {
      ...wish,
      acr_values: 'phr urn:tessera:qr',
    });
    expect(either.status).toBe(200);
  });

  it('A13 id_token_hint = Alice, Bob approves: no tokens', async () => {
    const first = createScreen(app.issuer, 'tv');
    const device = await first.begin();
    await phone.approve(await phone.scan({ user_code: device.user_code }), confirmed);
    const hint = String((await first.poll(device.device_code)).body.id_token);
    const bob = await app.phone('bob');
    const again = await first.begin({ scope: 'openid', id_token_hint: hint });
    await bob.approve(await bob.scan({ user_code: again.user_code }), confirmed).catch(codeOf);
    const answer = await first.poll(again.device_code);
    expect([answer.body.error, answer.body.access_token]).toEqual(['access_denied', undefined]);
    const own = await first.begin({ scope: 'openid', id_token_hint: hint });
    await phone.approve(await phone.scan({ user_code: own.user_code }), confirmed);
    expect((await first.poll(own.device_code)).status).toBe(200);
  });

  it('A13 claims.id_token.sub = Alice, Bob approves: no tokens', async () => {
    const sub = { value: (await app.accounts.findByUsername('alice'))?.id };
    const wish = { scope: 'openid', claims: JSON.stringify({ id_token: { sub } }) };
    const tvSet = createScreen(app.issuer, 'tv');
    const [ofBob, ofAlice] = [await tvSet.begin(wish), await tvSet.begin(wish)];
    const bob = await app.phone('bob');
    await bob.approve(await bob.scan({ user_code: ofBob.user_code }), confirmed).catch(codeOf);
    expect((await tvSet.poll(ofBob.device_code)).body.error).toBe('access_denied');
    await phone.approve(await phone.scan({ user_code: ofAlice.user_code }), confirmed);
    expect((await tvSet.poll(ofAlice.device_code)).status).toBe(200);
  });
});

describe('too many device authorization requests', () => {
  it('G1 get Retry-After, in the form of the protocol', async () => {
    const small = await startApp({ clients: [tv], limits: { ...app.config.limits, ticket_creations_per_minute: 2 } });
    const ask = () =>
      fetch(`${small.issuer}/device/auth`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: 'tv', scope: 'openid' }),
      });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ error: 'temporarily_unavailable' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await small.stop();
  });
});
