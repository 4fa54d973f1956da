// oauth4webapi, the functions below openid-client 6 and Auth.js: PKCE, HTTP Basic, one call for each step.
import * as oauth from 'oauth4webapi';
import { addressOf, clientId, clientSecret, issuer, listen, origin, site } from './site.mjs';

const redirectUri = `${origin}/callback`;
// Plain HTTP is refused unless the application allows it.
const insecure = { [oauth.allowInsecureRequests]: true };
const client = { client_id: clientId };
const authentication = oauth.ClientSecretBasic(clientSecret);
const found = await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oidc', ...insecure });
const server = await oauth.processDiscoveryResponse(new URL(issuer), found);

site.get('/login', async (request, response) => {
  const verifier = oauth.generateRandomCodeVerifier();
  const nonce = oauth.generateRandomNonce();
  const state = oauth.generateRandomState();
  const to = new URL(server.authorization_endpoint);
  to.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid profile email offline_access',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce,
    state,
  });
  Object.assign(request.session, { verifier, nonce, state });
  response.redirect(to.href);
});

site.get('/callback', async (request, response) => {
  const { verifier, nonce, state } = request.session;
  const back = oauth.validateAuthResponse(server, client, addressOf(request), state);
  const parts = [server, client, authentication, back, redirectUri, verifier, insecure];
  const answer = await oauth.authorizationCodeGrantRequest(...parts);
  const checks = { expectedNonce: nonce, requireIdToken: true };
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, checks);
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const told = await oauth.userInfoRequest(server, client, tokens.access_token, insecure);
  const userinfo = await oauth.processUserInfoResponse(server, client, claims.sub, told);
  Object.assign(request.session, { tokens, person: { claims, userinfo } });
  response.redirect('/');
});

site.get('/refresh', async (request, response) => {
  const { tokens } = request.session;
  const answer = await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token, insecure);
  const fresh = await oauth.processRefreshTokenResponse(server, client, answer);
  const isNew = fresh.access_token !== tokens.access_token;
  Object.assign(tokens, fresh);
  response.json({ isNew, claims: oauth.getValidatedIdTokenClaims(fresh) });
});

site.get('/introspect', async (request, response) => {
  const { access_token } = request.session.tokens;
  const answer = await oauth.introspectionRequest(server, client, authentication, access_token, insecure);
  response.json(await oauth.processIntrospectionResponse(server, client, answer));
});

site.get('/revoke', async (request, response) => {
  const { refresh_token } = request.session.tokens;
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, authentication, refresh_token, insecure),
  );
  const answer = await oauth.refreshTokenGrantRequest(server, client, authentication, refresh_token, insecure);
  const refusal = await oauth.processRefreshTokenResponse(server, client, answer).catch((error) => error);
  response.json({ error: refusal.error });
});

listen();
