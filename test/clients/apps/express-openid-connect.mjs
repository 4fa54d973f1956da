// express-openid-connect with the settings of its quick start, or with those that its examples add for an
// application that calls an API with a refresh token (CALLS_API).
import express from 'express';
import openid from 'express-openid-connect';

const { ISSUER, ORIGIN, CLIENT_ID, CLIENT_SECRET, CALLS_API } = process.env;
const forApi = {
  clientSecret: CLIENT_SECRET,
  authorizationParams: { response_type: 'code', scope: 'openid profile email offline_access' },
};
const app = express();
app.use(
  openid.auth({
    issuerBaseURL: ISSUER,
    baseURL: ORIGIN,
    clientID: CLIENT_ID,
    secret: 'a long random string, only for this test',
    authRequired: false,
    idpLogout: true,
    ...(CALLS_API && forApi),
  }),
);

app.get('/', (request, response) => response.json({ person: request.oidc.user ?? null }));
app.get('/refresh', openid.requiresAuth(), async (request, response) => {
  const { access_token: before } = request.oidc.accessToken;
  const { access_token, token_type } = await request.oidc.accessToken.refresh();
  response.json({ isNew: access_token !== before, token_type, userinfo: await request.oidc.fetchUserInfo() });
});

app.listen(new URL(ORIGIN).port, 'localhost');
