// Auth.js with Express (@auth/express): an OIDC provider of one's own by issuer, id and secret.
import { ExpressAuth, getSession } from '@auth/express';
import express from 'express';

const { ISSUER, ORIGIN, CLIENT_ID, CLIENT_SECRET } = process.env;
const provider = {
  id: 'tessera',
  name: 'Tessera',
  type: 'oidc',
  issuer: ISSUER,
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
};
const config = { providers: [provider], secret: 'only for this test' };

const app = express();
app.set('trust proxy', true);
// The guide's '/auth/*', as Express 5 spells it.
app.use(/^\/auth\/(.*)/, ExpressAuth(config));
app.get('/', async (request, response) => response.json((await getSession(request, config)) ?? { user: null }));
app.listen(new URL(ORIGIN).port, 'localhost');
