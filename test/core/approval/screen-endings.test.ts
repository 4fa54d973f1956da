// All approvals of an account end at the moment when a screen redeems one. Nothing of that approval stays
// valid, whichever step comes first.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { createScreen } from '../../support/screen.ts';

const tv = {
  client_id: 'tv',
  token_endpoint_auth_method: 'none',
  grant_types: ['refresh_token'],
  scope: 'openid profile offline_access',
  device_grant: true,
};

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ clients: [tv] });
});
afterAll(() => app.stop());

async function approved() {
  const phone = await app.phone('alice');
  const screen = await createScreen(app.issuer, 'tv').begin();
  const claim = await phone.scan({ user_code: screen.user_code });
  await phone.approve(claim, { user_code_confirmed: true });
  const ticket = await app.tickets.find(claim.ticket);
  if (!ticket?.scan) throw new Error('not claimed');
  return { ticket, accountId: ticket.scan.accountId, deviceId: ticket.scan.deviceId };
}

describe('B16 an approval that is redeemed while its owner', () => {
  it.each([
    ['ends every browser', (accountId: string) => app.approvals.endAll(accountId, 'owner')],
    [
      'says that the phone is lost',
      async (accountId: string, deviceId: string) => {
        await app.devices.remove(accountId, deviceId as never);
        await app.approvals.endAll(accountId, 'owner', deviceId);
      },
    ],
  ])('%s has ended', async (_what, end) => {
    const { ticket, accountId, deviceId } = await approved();
    const makeGrant = async () => {
      await end(accountId, deviceId);
      return randomUUID();
    };
    const outcome = await app.approvals
      .consume(ticket, ticket.interactionId, null, makeGrant)
      .catch((error) => error.code);
    expect(outcome).toBe('ticket_already_decided');
    expect(await app.approvals.list(accountId)).toEqual([]);
  });
});
