// The names of all keys. A record is stored under its own id. Pointers and indexes by which it is looked up
// are keys of their own. On a Redis Cluster they lie in other slots and cannot change together with the
// record, so a reader of an index verifies the record that it finds.

export type Keys = ReturnType<typeof createKeys>;

export const createKeys = (prefix: string) => ({
  ticket: (id: string) => `${prefix}ticket:${id}`,
  ticketByUserCode: (hash: string) => `${prefix}ticket-by-user-code:${hash}`,
  ticketByInteraction: (interactionId: string) => `${prefix}ticket-by-interaction:${interactionId}`,
  /** Pace of the screen that polls: when it may poll again, and the interval (keep-pace.lua). */
  ticketPolls: (id: string) => `${prefix}ticket-polls:${id}`,
  ticketEvents: `${prefix}ticket-events`,

  account: (id: string) => `${prefix}account:${id}`,
  accountByUsername: (username: string) => `${prefix}account-by-username:${username}`,
  /** Sorted sets whose members `<text>\u0000<account id>` are ordered by bytes, for paging and search. */
  accountUsernames: `${prefix}account-usernames`,
  accountTerms: `${prefix}account-terms`,
  /** Lock for changes that could remove the last administrator (turn.ts). */
  administratorTurn: `${prefix}administrator-turn`,
  accountRoles: `${prefix}account-roles`,

  /** The account that owns this passkey. */
  passkeyOwner: (id: string) => `${prefix}passkey-owner:${id}`,
  passkeysOfAccount: (accountId: string) => `${prefix}passkeys-of-account:${accountId}`,
  recoveryCodesOfAccount: (accountId: string) => `${prefix}recovery-codes-of-account:${accountId}`,
  passkeyChallenge: (id: string) => `${prefix}passkey-challenge:${id}`,

  device: (id: string) => `${prefix}device:${id}`,
  deviceBySecret: (hash: string) => `${prefix}device-by-secret:${hash}`,
  deviceByKey: (accountId: string, thumbprint: string) => `${prefix}device-by-key:${accountId}:${thumbprint}`,
  devicesOfAccount: (accountId: string) => `${prefix}devices-of-account:${accountId}`,

  browsersOfAccount: (accountId: string) => `${prefix}browsers-of-account:${accountId}`,

  accountsOfBrowser: (browserHash: string) => `${prefix}accounts-of-browser:${browserHash}`,

  ask: (accountId: string) => `${prefix}ask:${accountId}`,
  pushKeys: `${prefix}push-keys`,

  approval: (id: string) => `${prefix}approval:${id}`,
  approvalBySession: (sessionUid: string) => `${prefix}approval-by-session:${sessionUid}`,
  approvalsOfAccount: (accountId: string) => `${prefix}approvals-of-account:${accountId}`,

  /** A hash from client ids to consents, and the accounts that granted a client something. */
  consentsOfAccount: (accountId: string) => `${prefix}consents-of-account:${accountId}`,
  accountsOfConsent: (clientId: string) => `${prefix}accounts-of-consent:${clientId}`,

  client: (id: string) => `${prefix}client:${id}`,
  clientNames: `${prefix}client-names`,
  clientOrigins: `${prefix}client-origins`,

  /** A hash with one field per upload of the picture. */
  logo: (hash: string) => `${prefix}logo:${hash}`,

  /**
   * Key that seals the addresses in the records of one hour. When it expires they cannot be opened any
   * more.
   */
  addressKey: (hour: number) => `${prefix}address-key:${hour}`,

  /** Streams and lists of audit records (audit-store.ts). */
  audit: `${prefix}audit`,
  auditOfTicket: (ticketId: string) => `${prefix}audit-of-ticket:${ticketId}`,
  auditOfCorrelation: (correlationId: string) => `${prefix}audit-of-correlation:${correlationId}`,
  auditByAccount: (accountId: string) => `${prefix}audit-by-account:${accountId}`,
  refusals: `${prefix}refusals`,
  refusalsOfClient: (clientId: string) => `${prefix}refusals-of-client:${clientId}`,
  /** Clients with refusals, by the instant of the latest one (refusal-sweep.ts). */
  clientsWithRefusals: `${prefix}clients-with-refusals`,
  auditByClient: (clientId: string) => `${prefix}audit-by-client:${clientId}`,

  logout: (id: string) => `${prefix}logout:${id}`,
  logoutsOfClient: (clientId: string) => `${prefix}logouts-of-client:${clientId}`,
  /** Pending logouts of a client, by the instant from which they may be claimed. */
  logoutsDue: (clientId: string) => `${prefix}logouts-due:${clientId}`,
  /** Clients that may have pending logouts, by the instant at which all of them have expired. */
  logoutClients: `${prefix}logout-clients`,

  mail: (id: string) => `${prefix}mail:${id}`,
  mails: `${prefix}mails`,
  /** Pending messages, by the instant from which they may be claimed. */
  mailsDue: `${prefix}mails-due`,

  notice: (id: string) => `${prefix}notice:${id}`,
  noticeBySecret: (hash: string) => `${prefix}notice-by-secret:${hash}`,
  noticesOfAccount: (accountId: string) => `${prefix}notices-of-account:${accountId}`,

  statistics: (span: string, start: number) => `${prefix}statistics:${span}:${start}`,
  statisticsOfClients: (day: number, what: string) => `${prefix}statistics-of-clients:${day}:${what}`,
  clientUse: (clientId: string) => `${prefix}client-use:${clientId}`,
  link: (id: string) => `${prefix}link:${id}`,
  linkBySecret: (hash: string) => `${prefix}link-by-secret:${hash}`,
  linksOfPurpose: (purpose: string) => `${prefix}links-of-purpose:${purpose}`,

  limit: (key: string) => `${prefix}limit:${key}`,

  /** Records of oidc-provider: one hash each, pointers, and sorted sets by their end of life. */
  artifact: (model: string, id: string) => `${prefix}artifact:${model}:${id}`,
  artifactByUid: (model: string, uid: string) => `${prefix}artifact-by-uid:${model}:${uid}`,
  artifactByUserCode: (model: string, code: string) => `${prefix}artifact-by-user-code:${model}:${code}`,
  artifactsOfOwner: (model: string, owner: string) => `${prefix}artifacts-of-owner:${model}:${owner}`,
  artifactsOfGrant: (model: string, grantId: string) => `${prefix}artifacts-of-grant:${model}:${grantId}`,

  signingKeys: `${prefix}signing-keys`,
});
