// openid-client 5, as its quick start uses it: PKCE and no state, HTTP Basic.
import { generators, Issuer } from 'openid-client-5';
import { clientId, clientSecret, issuer, listen, origin, site } from './site.mjs';

const redirectUri = `${origin}/callback`;
const provider = await Issuer.discover(issuer);
const client = new provider.Client({
  client_id: clientId,
  client_secret: clientSecret,
  redirect_uris: [redirectUri],
  response_types: ['code'],
});

site.get('/login', (request, response) => {
  request.session.verifier = generators.codeVerifier();
  const to = client.authorizationUrl({
    scope: 'openid email profile offline_access',
    code_challenge: generators.codeChallenge(request.session.verifier),
    code_challenge_method: 'S256',
  });
  response.redirect(to);
});

site.get('/callback', async (request, response) => {
  const checks = { code_verifier: request.session.verifier };
  const tokens = await client.callback(redirectUri, client.callbackParams(request), checks);
  const userinfo = await client.userinfo(tokens.access_token);
  Object.assign(request.session, { tokens, person: { claims: tokens.claims(), userinfo } });
  response.redirect('/');
});

site.get('/refresh', async (request, response) => {
  const { tokens } = request.session;
  const fresh = await client.refresh(tokens.refresh_token);
  const isNew = fresh.access_token !== tokens.access_token;
  Object.assign(tokens, fresh);
  response.json({ isNew, claims: fresh.claims(), userinfo: await client.userinfo(fresh.access_token) });
});

// Applications with a list of scopes send it again.
site.get('/refresh-with-scope', async (request, response) => {
  const exchangeBody = { scope: 'openid email profile offline_access' };
  const fresh = await client.refresh(request.session.tokens.refresh_token, { exchangeBody });
  response.json({ scope: fresh.scope, claims: fresh.claims() });
});

site.get('/revoke', async (request, response) => {
  const { refresh_token } = request.session.tokens;
  await client.revoke(refresh_token);
  const refusal = await client.refresh(refresh_token).catch((error) => error);
  response.json({ error: refusal.error });
});

site.get('/logout', (request, response) => {
  const { id_token } = request.session.tokens;
  request.session.destroy(() => {
    response.redirect(client.endSessionUrl({ id_token_hint: id_token, post_logout_redirect_uri: `${origin}/` }));
  });
});

listen();
