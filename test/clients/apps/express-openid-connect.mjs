// express-openid-connect, with the settings that its examples have for calling an API with a refresh token.
import express from 'express';
import openid from 'express-openid-connect';

const { ISSUER, ORIGIN, CLIENT_ID, CLIENT_SECRET } = process.env;
const app = express();
app.use(
  openid.auth({
    issuerBaseURL: ISSUER,
    baseURL: ORIGIN,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    secret: 'a long random string, only for this test',
    authRequired: false,
    idpLogout: true,
    authorizationParams: { response_type: 'code', scope: 'openid profile email offline_access', prompt: 'consent' },
  }),
);

app.get('/', (request, response) => response.json({ person: request.oidc.user ?? null }));
app.get('/refresh', openid.requiresAuth(), async (request, response) => {
  const { access_token: before } = request.oidc.accessToken;
  const { access_token, token_type } = await request.oidc.accessToken.refresh();
  response.json({ isNew: access_token !== before, token_type, userinfo: await request.oidc.fetchUserInfo() });
});

app.listen(new URL(ORIGIN).port, 'localhost');
