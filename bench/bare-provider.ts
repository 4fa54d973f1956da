// The baseline for sign-ins: oidc-provider alone with its own store in memory, and an interaction that
// finishes by itself.
import { generateKeyPair } from 'node:crypto';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import Provider, { type JWK } from 'oidc-provider';
import { redirectUri } from '../test/support/waiting-browser.ts';

// The library warns that its store is in memory. The baseline wants exactly that.
console.warn = () => undefined;
const port = Number(process.argv[2]);
const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });

const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    {
      client_id: 'dev-public',
      token_endpoint_auth_method: 'none',
      redirect_uris: [redirectUri],
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token'],
    },
  ],
  jwks: { keys: [privateKey.export({ format: 'jwk' }) as JWK] },
  cookies: { keys: ['a key of this benchmark only'] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  claims: { profile: ['name'], email: ['email', 'email_verified'] },
  async loadExistingGrant(ctx) {
    const { client, account } = ctx.oidc;
    if (!client || !account) return undefined;
    const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: account.accountId });
    grant.addOIDCScope('openid profile email');
    await grant.save();
    return grant;
  },
});
const serve = provider.callback();

createServer((req, res) => {
  if (!req.url?.startsWith('/interaction/')) return void serve(req, res);
  void provider.interactionFinished(req, res, { login: { accountId: 'alice', remember: false } });
}).listen(port, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
