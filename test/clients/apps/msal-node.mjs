// MSAL for Node with a provider that is not Microsoft's: a confidential client in protocol mode OIDC.
import { ConfidentialClientApplication, ProtocolMode } from '@azure/msal-node';
import { clientId, clientSecret, issuer, listen, origin, site } from './site.mjs';

const redirectUri = `${origin}/redirect`;
const scopes = ['openid', 'profile', 'email', 'offline_access'];
const msal = new ConfidentialClientApplication({
  auth: { clientId, clientSecret, authority: issuer, knownAuthorities: [new URL(issuer).host] },
  system: { protocolMode: ProtocolMode.OIDC },
});

const shown = ({ account, idTokenClaims, fromCache, scopes }) => ({
  name: account.name,
  username: account.username,
  email: idTokenClaims.email,
  fromCache,
  scopes,
});

site.get('/login', async (_request, response) => {
  response.redirect(await msal.getAuthCodeUrl({ scopes, redirectUri, prompt: 'select_account' }));
});

site.get('/redirect', async (request, response) => {
  const result = await msal.acquireTokenByCode({ code: request.query.code, scopes, redirectUri });
  const { account, accessToken } = result;
  Object.assign(request.session, { account, accessToken, person: shown(result) });
  response.redirect('/');
});

site.get('/silent', async (request, response) => {
  const { account, accessToken } = request.session;
  const forceRefresh = request.query.force === '1';
  const result = await msal.acquireTokenSilent({ account, scopes, forceRefresh });
  response.json({ ...shown(result), isNew: result.accessToken !== accessToken });
});

listen();
