// Passport's OpenID strategy, as its guide uses it. It sends neither PKCE nor a nonce.
import passport from 'passport';
import OpenIDConnectStrategy from 'passport-openidconnect';
import { clientId, clientSecret, issuer, listen, origin, site } from './site.mjs';

const { authorization_endpoint, token_endpoint, userinfo_endpoint } = await (
  await fetch(`${issuer}/.well-known/openid-configuration`)
).json();
const settings = {
  issuer,
  authorizationURL: authorization_endpoint,
  tokenURL: token_endpoint,
  userInfoURL: userinfo_endpoint,
  clientID: clientId,
  clientSecret,
  callbackURL: `${origin}/oauth2/redirect`,
  scope: ['profile', 'email'],
};
passport.use(new OpenIDConnectStrategy(settings, (_issuer, profile, done) => done(null, profile)));
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));
site.use(passport.authenticate('session'));

site.get('/login', passport.authenticate('openidconnect'));
site.get(
  '/oauth2/redirect',
  passport.authenticate('openidconnect', { failureRedirect: '/failed', failureMessage: true }),
  (_request, response) => response.redirect('/profile'),
);
site.get('/profile', (request, response) => response.json(request.user ?? { user: null }));
site.get('/failed', (request, response) => response.json({ failed: request.session.messages }));
site.get('/logout', (request, response, next) => {
  request.logout((error) => (error ? next(error) : response.redirect('/profile')));
});

listen();
