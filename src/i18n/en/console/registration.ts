// The console's page of dynamic registration, in English.

export const registration = {
  lead: 'Relying parties may register themselves (RFC 7591) with a token that you give them.',
  off: 'Registration is off',
  offLead:
    'Nobody can register, and tokens cannot be made. To switch it on, put this into the configuration and restart:',
  offEnvironment: 'Or set it in the environment:',
  endpoint: 'Registration endpoint',
  tokens: 'Tokens',
  none: 'There is no token. Nobody can register until you make one.',
  name: 'Name',
  nameHint: 'Stands with every relying party registered by it.',
  uses: 'Uses',
  usesHint: 'How many relying parties, 1 to 1000.',
  days: 'Days',
  daysHint: 'How long, 1 to 90.',
  left: 'Uses left',
  leftOf: '{left} of {uses}',
  expires: 'Ends',
  made: 'Made',
  madeBy: 'by {name}',
  create: 'Make a token',
  createTitle: 'New token',
  tokenOnce: 'Copy the token now: it is shown this once.',
  token: 'Token',
  revoke: 'Revoke',
  revoked: 'The token is revoked. Relying parties registered by it stay.',
  policyTitle: 'What a registered relying party may do',
  policies: {
    grants:
      'It signs people in with an authorization code and PKCE, and may keep them signed in with refresh tokens. Nothing else.',
    scopes: 'It may ask for these scopes at most:',
    consent: 'It is never first-party: everybody is asked for consent.',
    marked: 'The phone says that nobody here has checked it.',
    qr: 'It gets the default QR policy. Only you can change that, on its page.',
    uris: 'Its addresses are checked like every other’s.',
  },
  wrong: {
    name: 'Give it a name of 1 to 60 characters.',
    uses: 'Uses: a whole number from 1 to 1000.',
    days: 'Days: a whole number from 1 to 90.',
  },
} as const;
