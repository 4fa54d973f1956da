// next-auth 4 with an OIDC provider of one's own, as its guide configures one.
import NextAuth from 'next-auth';

export default NextAuth({
  providers: [
    {
      id: 'tessera',
      name: 'Tessera',
      type: 'oauth',
      wellKnown: `${process.env.ISSUER}/.well-known/openid-configuration`,
      authorization: { params: { scope: 'openid email profile' } },
      idToken: true,
      checks: ['pkce', 'state'],
      clientId: process.env.CLIENT_ID,
      clientSecret: process.env.CLIENT_SECRET,
      profile: (profile) => ({ id: profile.sub, name: profile.name, email: profile.email }),
    },
  ],
});
