// openid-client 6 with PKCE. Its guide sends state only to servers that do not announce PKCE.
import * as client from 'openid-client';
import { addressOf, clientId, clientSecret, issuer, listen, origin, site } from './site.mjs';

const redirectUri = `${origin}/callback`;
// Plain HTTP is refused unless the application allows it.
const config = await client.discovery(new URL(issuer), clientId, clientSecret, undefined, {
  execute: [client.allowInsecureRequests],
});

site.get('/login', async (request, response) => {
  const verifier = client.randomPKCECodeVerifier();
  const parameters = {
    redirect_uri: redirectUri,
    scope: 'openid profile email offline_access',
    prompt: 'consent',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  };
  request.session.verifier = verifier;
  if (!config.serverMetadata().supportsPKCE()) parameters.state = request.session.state = client.randomState();
  response.redirect(client.buildAuthorizationUrl(config, parameters).href);
});

site.get('/callback', async (request, response) => {
  const { verifier, state } = request.session;
  const checks = { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true };
  const tokens = await client.authorizationCodeGrant(config, addressOf(request), checks);
  const claims = tokens.claims();
  const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  Object.assign(request.session, { tokens, person: { claims, userinfo } });
  response.redirect('/');
});

site.get('/refresh', async (request, response) => {
  const { tokens } = request.session;
  const fresh = await client.refreshTokenGrant(config, tokens.refresh_token);
  const userinfo = await client.fetchUserInfo(config, fresh.access_token, fresh.claims().sub);
  const isNew = fresh.access_token !== tokens.access_token;
  Object.assign(tokens, fresh);
  response.json({ isNew, claims: fresh.claims(), userinfo });
});

site.get('/introspect', async (request, response) => {
  response.json(await client.tokenIntrospection(config, request.session.tokens.access_token));
});

site.get('/revoke', async (request, response) => {
  const { refresh_token } = request.session.tokens;
  await client.tokenRevocation(config, refresh_token);
  const refusal = await client.refreshTokenGrant(config, refresh_token).catch((error) => error);
  response.json({ error: refusal.error });
});

site.get('/logout', (request, response) => {
  const { id_token } = request.session.tokens;
  request.session.destroy(() => {
    const parameters = { post_logout_redirect_uri: `${origin}/`, id_token_hint: id_token };
    response.redirect(client.buildEndSessionUrl(config, parameters).href);
  });
});

listen();
