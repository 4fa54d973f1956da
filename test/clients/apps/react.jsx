// react-oidc-context over oidc-client-ts: sign-in in a popup or by redirect, renewal, revocation, sign-out.
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { AuthProvider, useAuth } from 'react-oidc-context';

const settings = {
  authority: import.meta.env.ISSUER,
  client_id: import.meta.env.CLIENT_ID,
  redirect_uri: `${location.origin}/callback`,
  post_logout_redirect_uri: `${location.origin}/`,
  scope: 'openid profile email offline_access',
  popup_post_logout_redirect_uri: `${location.origin}/signed-out`,
  matchSignoutCallback: (settings) => location.href.startsWith(settings.popup_post_logout_redirect_uri),
  onSigninCallback: () => history.replaceState({}, '', '/'),
};

function Shop() {
  const auth = useAuth();
  const [done, setDone] = useState('');
  const run = (name, act) => () => act().then(() => setDone(`${name} done`), (error) => setDone(`${name}: ${error}`));

  if (auth.error) return <p>Error: {auth.error.message}</p>;
  if (auth.isLoading) return <p>Loading</p>;
  if (!auth.isAuthenticated) {
    return (
      <>
        <p>Nobody</p>
        <button onClick={() => auth.signinPopup()}>Sign in in a popup</button>
        <button onClick={() => auth.signinRedirect()}>Sign in</button>
      </>
    );
  }
  return (
    <>
      <p>
        {auth.user.profile.name} {auth.user.profile.email}
      </p>
      <output>{auth.user.access_token}</output>
      <p>{done}</p>
      <button onClick={run('Renewal', () => auth.signinSilent())}>Renew</button>
      <button onClick={run('Revocation', () => auth.revokeTokens())}>Revoke</button>
      <button onClick={() => auth.signoutPopup()}>Sign out in a popup</button>
      <button onClick={() => auth.signoutRedirect()}>Sign out</button>
    </>
  );
}

createRoot(document.getElementById('root')).render(
  <AuthProvider {...settings}>
    <Shop />
  </AuthProvider>,
);
