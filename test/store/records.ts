// Complete records for tests of stores. Each has fresh ids unless the test names them.
import { createHash, randomBytes } from 'node:crypto';
import type { Account, AccountId } from '../../src/core/account/account.ts';
import type { Challenge, Passkey, PasskeyId } from '../../src/core/account/passkey.ts';
import type { Approval, ApprovalId } from '../../src/core/approval/approval.ts';
import type { AuditRecord } from '../../src/core/audit/audit-record.ts';
import { type Client, defaultQrPolicy } from '../../src/core/client/client.ts';
import type { KnownBrowser } from '../../src/core/device/browser.ts';
import type { Device, DeviceId } from '../../src/core/device/device.ts';
import type { Link, LinkId } from '../../src/core/link/link.ts';
import { type Logout, type LogoutId, newLogout } from '../../src/core/logout/logout.ts';
import { type MailId, newQueuedMail, type QueuedMail } from '../../src/core/mail/queued-mail.ts';
import type { Notice, NoticeId } from '../../src/core/notice/notice.ts';
import type { Place } from '../../src/core/place/place.ts';
import type { BrowserFacts, RequestFacts, Ticket, TicketId } from '../../src/core/ticket/ticket.ts';
import type { Artifact } from '../../src/oidc/artifact-store.ts';

export const randomId = (): string => randomBytes(16).toString('base64url');
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

export const buildRequest = (): RequestFacts => ({
  clientId: 'web',
  redirectUri: 'https://rp.example/cb',
  scopes: ['openid'],
  authenticatedSince: null,
  maxAgeSeconds: null,
  correlationId: randomId(),
});

export const buildBrowserFacts = (): BrowserFacts => ({
  browserHash: hashOf('browser'),
  name: 'Firefox “ß”',
  system: 'Linux',
  address: '127.0.0.1',
});

export const buildTicket = (now: number, change: Partial<Ticket> = {}): Ticket => ({
  id: hashOf(randomId()) as TicketId,
  state: 'pending',
  interactionId: hashOf(randomId()),
  sequence: 1,
  userCodeHash: hashOf(randomId()),
  sealedSecrets: randomId(),
  request: buildRequest(),
  browser: buildBrowserFacts(),
  issuedAt: now,
  deadlineAt: now + 120,
  endsAt: now + 600,
  scan: null,
  secondScans: 0,
  decision: null,
  ...change,
});

/** Ends 60 seconds after `now`. */
export const buildArtifact = (now: number, change: Partial<Artifact> = {}): Artifact => ({
  model: 'AuthorizationCode',
  id: randomId(),
  payload: randomId(),
  grantId: null,
  uid: null,
  userCode: null,
  expiresAt: now + 60,
  consumedAt: null,
  ...change,
});

export const buildAccount = (username: string): Account => ({
  id: randomId() as AccountId,
  username,
  displayName: 'Someone',
  email: null,
  emailVerified: false,
  phoneNumber: null,
  locale: null,
  passwordHash: null,
  roles: [],
  disabledAt: null,
  createdAt: 0,
  updatedAt: 0,
  revision: 1,
});

export const buildPasskey = (change: Partial<Passkey> = {}): Passkey => ({
  id: randomId() as PasskeyId,
  accountId: 'account',
  name: 'Phone “ß”',
  publicKey: randomId(),
  counter: 0,
  transports: ['internal'],
  synced: true,
  createdAt: 0,
  lastUsedAt: null,
  ...change,
});

/** Ends 300 seconds after `now`. */
export const buildChallenge = (now: number): Challenge => ({
  id: hashOf(randomId()),
  bindingHash: hashOf('binding'),
  expiresAt: now + 300,
});

export const buildDevice = (change: Partial<Device> = {}): Device => ({
  id: randomId() as DeviceId,
  accountId: 'account',
  name: 'Safari on iPhone',
  secretHash: hashOf(randomId()),
  keyThumbprint: hashOf(randomId()),
  authenticatedAt: 0,
  createdAt: 0,
  lastUsedAt: 0,
  address: '127.0.0.1',
  ...change,
});

export const buildBrowser = (accountId: string, browserHash: string, lastUsedAt: number): KnownBrowser => ({
  accountId,
  browserHash,
  firstUsedAt: 1,
  lastUsedAt,
  trusted: false,
  blockedAt: null,
});

/** Ends 1,000 seconds after `now`. */
export const buildApproval = (now: number, change: Partial<Approval> = {}): Approval => ({
  id: randomId() as ApprovalId,
  accountId: 'account',
  deviceId: 'device',
  clientId: 'web',
  clientName: 'Web',
  browserHash: 'hash',
  browserName: 'Firefox',
  browserSystem: 'Linux',
  browserAddress: '127.0.0.1',
  trusted: false,
  approvedAt: now,
  sessionUid: null,
  grantIds: [],
  endedAt: null,
  expiresAt: now + 1000,
  ...change,
});

export const buildPlace = (country: string, change: Partial<Place> = {}): Place => ({
  country,
  city: null,
  latitude: null,
  longitude: null,
  network: null,
  asn: null,
  isDataCentre: false,
  ...change,
});

export const buildLink = (now: number, change: Partial<Link> = {}): Link => ({
  id: randomId() as LinkId,
  purpose: 'invitation',
  secretHash: hashOf(randomId()),
  name: 'Für “ß”',
  uses: 1,
  used: 0,
  roles: [],
  accountId: null,
  isRecovery: false,
  by: { way: 'console', name: 'alice' },
  createdAt: now,
  expiresAt: now + 1000,
  ...change,
});

export const buildClient = (id: string, name = 'Wéb', origin = 'https://rp.example'): Client => ({
  id,
  metadata: { client_name: name, redirect_uris: [`${origin}/cb`] },
  secrets: [],
  qr: defaultQrPolicy,
  firstParty: false,
  source: 'registered',
  disabledAt: null,
  createdAt: 0,
  updatedAt: 0,
  revision: 1,
});

/** Due `now`, pending. */
export const buildLogout = (now: number, change: Partial<Logout> = {}): Logout => ({
  ...newLogout(randomId() as LogoutId, { clientId: 'web', accountId: 'account', sid: 'sid' }, now),
  ...change,
});

export const buildRecord = (at: number, change: Partial<AuditRecord> = {}): AuditRecord => ({
  at,
  event: 'ticket.issued',
  ticketId: 'ticket',
  correlationId: 'correlation',
  accountId: 'account',
  clientId: 'web',
  deviceId: null,
  address: '127.0.0.1',
  facts: {},
  ...change,
});

export const buildMail = (now: number, change: Partial<QueuedMail> = {}): QueuedMail => ({
  ...newQueuedMail(randomId() as MailId, 'alice@example.com', randomId(), now),
  ...change,
});

/** Of a browser that was signed in; ends a week after `now`. */
export const buildNotice = (now: number, change: Partial<Notice> = {}): Notice => ({
  id: randomId() as NoticeId,
  accountId: 'account',
  about: {
    kind: 'browser_approved',
    ticketId: randomId(),
    clientId: 'web',
    clientName: 'Web “ß”',
    browserHash: 'hash',
    browserName: 'Firefox',
    browserSystem: 'Linux',
    browserAddress: '127.0.0.1',
    place: null,
    deviceId: 'device',
    deviceName: 'Safari on iPhone',
  },
  exceptDeviceId: 'device',
  dismissedBy: [],
  secretHash: hashOf(randomId()),
  disownedAt: null,
  endedAt: null,
  createdAt: now,
  expiresAt: now + 604_800,
  ...change,
});
