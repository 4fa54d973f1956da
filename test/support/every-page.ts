// Every page of the product, drawn from a typed example of its view. Whatever comes from outside is a text
// that would break out of markup, if it could. What the pages hold is judged in
// test/http/kit/pages.test.ts.

import type { BrowserApproved } from '../../src/core/notice/notice.ts';
import type { Outcomes } from '../../src/core/statistics/statistic.ts';
import { createOwnViews } from '../../src/http/account/own-views.ts';
import { createActivityViews, type RecordRow } from '../../src/http/console/activity/activity-views.ts';
import { formOf } from '../../src/http/console/clients/client-form.ts';
import { defaultsOf } from '../../src/http/console/clients/client-kinds.ts';
import { createClientsViews } from '../../src/http/console/clients/clients-views.ts';
import type { ConsoleShared } from '../../src/http/console/console-page.ts';
import { createConsoleViews } from '../../src/http/console/console-views.ts';
import { createOverviewViews } from '../../src/http/console/overview/overview-views.ts';
import { type AccountRow, createUsersViews } from '../../src/http/console/users/users-views.ts';
import { createGuestViews } from '../../src/http/guest/guest-views.ts';
import type { Assets } from '../../src/http/kit/assets.ts';
import type { Page, Shared } from '../../src/http/kit/page-views.ts';
import { createPages } from '../../src/http/kit/pages.ts';
import { type RefusalCode, statusOf } from '../../src/http/kit/refusals.ts';
import { createOidcViews } from '../../src/http/oidc/oidc-views.ts';
import { createPhoneViews } from '../../src/http/phone/phone-views.ts';
import { createWaitingViews, type WaitingView } from '../../src/http/waiting/waiting-views.ts';
import { type Locale, messagesOf } from '../../src/i18n/locale.ts';
import { buildApproval, buildNotice, buildPasskey } from '../store/records.ts';

export const evil = `"'><script>alert(1)</script><b a='`;
export const nonce = 'nonce-of-this-answer';
const now = 1_800_000_000;

export type DrawnPage = {
  /** What it shows: the view's function, and the case. */
  readonly name: string;
  /** The function that drew it, as `audience.function`. */
  readonly by: string;
  /** A file below `views`, without its ending. */
  readonly template: string;
  /** What the template could read. */
  readonly data: object;
  readonly html: string;
};

/**
 * The views of every audience, over one set of templates. `drawn` receives each page before the layout is
 * put around it.
 */
export function createEveryView(assets: Assets, drawn: (view: Shared, page: Page) => void = () => undefined) {
  const kit = createPages({ assets });
  const pages = {
    ...kit,
    draw(view: Shared, page: Page): string {
      drawn(view, page);
      return kit.draw(view, page);
    },
  };
  const console = {
    ...createConsoleViews(pages),
    ...createOverviewViews(pages),
    ...createClientsViews(pages),
    ...createUsersViews(pages),
    ...createActivityViews(pages),
  };
  const own = createOwnViews(pages);
  const [waiting, phone, guest] = [createWaitingViews(pages), createPhoneViews(pages), createGuestViews(pages)];
  return { kit, waiting, phone, guest, own, console, oidc: createOidcViews(pages) };
}

export const waitingView: WaitingView = {
  policyUri: `javascript:${evil}`,
  tosUri: `https://${evil}`,
  locale: 'en',
  nonce,
  now,
  clientName: evil,
  clientLogo: `https://elsewhere.example/${evil}`,
  isLogoByClient: true,
  redirectHost: evil,
  basePath: '/interaction/uid',
  state: 'pending',
  qrImage: '<img src="data:image/svg+xml;base64,PHN2Zy8+" alt="QR code">',
  userCode: 'WDJB-MJHT',
  verificationUri: 'localhost:3000/q',
  needs: null,
  expiresAt: now + 100,
  endsAt: 700,
  pendingSeconds: 120,
  renews: true,
  canAsk: false,
  number: null,
  hasPassword: true,
  hasPasskey: true,
  onPhone: false,
  error: null,
  triesLeft: null,
  username: evil,
  enrolsDevice: false,
  isSignUpClosed: true,
  wantsPassword: false,
};

/** What the sentence of an audit record may take. */
const recordValues = {
  account: evil,
  client: evil,
  browser: evil,
  by: evil,
  name: evil,
  domain: evil,
  alg: evil,
  event: evil,
};

const states = ['pending', 'scanned', 'approved', 'denied', 'expired', 'cancelled', 'consumed', 'off'] as const;
const scopes = [{ name: evil, description: evil }];
const approval = buildApproval(now - 130, { clientName: evil, browserName: evil, browserSystem: evil, trusted: true });

const about: BrowserApproved = {
  kind: 'browser_approved',
  ticketId: 'ticket-1',
  clientId: 'web',
  clientName: evil,
  browserHash: 'hash',
  browserName: evil,
  browserSystem: evil,
  browserAddress: '127.0.0.1',
  place: evil,
  deviceId: 'device-1',
  deviceName: evil,
};

/** Every page of every audience in one language, in its notable cases. */
export function everyPage(assets: Assets, locale: Locale): DrawnPage[] {
  let last: { template: string; data: object } | null = null;
  const views = createEveryView(assets, (view, page) => {
    last = { template: page.template, data: { ...view, ...page.body } };
  });
  const pages: DrawnPage[] = [];
  const all = { locale, nonce, now } as const;
  const says = messagesOf[locale].console.activity.otherEvent;

  function add<View extends object>(by: string, view: (view: View) => string, example: View, note = ''): void {
    last = null;
    const html = view(example);
    const template = /<body class="page-(\w+)-/.exec(html)?.[1] === 'kit' ? kitTemplateOf(html) : null;
    const drawn = last ?? { template: template ?? '', data: example };
    pages.push({ name: `${by} ${note}`.trim(), by, html, ...drawn });
  }

  addWaiting();
  addPhone();
  addGuest();
  addOwn();
  addConsole();
  addKit();
  return pages;

  function addWaiting(): void {
    const { waiting } = views;
    const view: WaitingView = { ...waitingView, locale };
    const { clientLogo, isLogoByClient, policyUri, tosUri, basePath } = view;
    const client = { clientName: evil, clientLogo, isLogoByClient, redirectHost: evil, policyUri, tosUri, basePath };
    for (const state of states) add('waiting.waiting', waiting.waiting, { ...view, state }, state);
    add('waiting.waiting', waiting.waiting, { ...view, state: 'approved', needs: 'confirmation_code' }, 'code');
    add('waiting.waiting', waiting.waiting, { ...view, onPhone: true }, 'on a phone');
    add('waiting.waiting', waiting.waiting, { ...view, error: 'credentials_wrong' }, 'refused');
    add('waiting.waiting', waiting.waiting, { ...view, canAsk: true, number: '42', enrolsDevice: true }, 'asked');
    const continueAs = { displayName: evil, username: evil, needsConsent: true, scopes, lasts: evil };
    add('waiting.continueHere', waiting.continueHere, { ...all, ...client, continueAs, error: 'not_signed_in' });
    add('waiting.consent', waiting.consent, {
      ...all,
      ...client,
      displayName: evil,
      scopes,
      isNewScopes: false,
      lasts: evil,
    });
  }

  function addPhone(): void {
    const { phone } = views;
    const signIn = { ...all, host: 'localhost:3000', returnTo: evil, username: evil, hasPasskey: true };
    const offers = { canSignUp: true, canReset: true };
    const refused = { refusal: 'credentials_wrong', isReauthentication: false } as const;
    add('phone.signIn', phone.signIn, { ...signIn, ...offers, ...refused });
    const again = { canSignUp: false, canReset: false, refusal: null, isReauthentication: true };
    add('phone.signIn', phone.signIn, { ...signIn, ...again }, 'again');
    const notices = [{ notice: buildNotice(now, { about }), link: 'https://id.test/not-me/x' }];
    const home = { ...all, displayName: evil, approvals: [approval], notices, isRung: true, pushKey: evil };
    add('phone.home', phone.home, home);
    add('phone.review', phone.review, { ...all, frame: evil, ask: evil, displayName: evil });
    add('phone.offline', phone.offline, all);
  }

  function addGuest(): void {
    const { guest } = views;
    const form = { username: evil, displayName: evil, email: evil };
    const wrong = { host: evil, form, signedInAs: evil, wrongFields: ['displayName', 'email'] } as const;
    for (const purpose of ['administrator', 'invitation', 'sign_up', 'reset'] as const)
      add(
        'guest.link',
        guest.link,
        {
          ...all,
          ...wrong,
          path: `/link/${evil}`,
          purpose,
          roles: ['administrator', 'auditor'],
          refusal: 'account_invalid',
        },
        purpose,
      );
    const ofSignUp = { path: `/interaction/${evil}/sign-up`, signInPath: `/interaction/${evil}`, clientName: evil };
    for (const byMail of [true, false])
      add(
        'guest.signUp',
        guest.signUp,
        { ...all, ...wrong, ...ofSignUp, byMail, refusal: 'account_invalid' },
        String(byMail),
      );
    add('guest.mailSent', guest.mailSent, { ...all, email: evil });
    add('guest.mailSent', guest.mailSent, { ...all, email: null }, 'to a username');
    add('guest.forgot', guest.forgot, { ...all, name: evil, refusal: 'rate_limited' });
    add('guest.recover', guest.recover, { ...all, username: evil, refusal: 'recovery_code_wrong' });
    add('guest.emailProof', guest.emailProof, { ...all, path: `/link/${evil}`, email: evil, username: evil });
    add('guest.emailProved', guest.emailProved, all);
    add('guest.passwordSet', guest.passwordSet, all);
    for (const state of ['asks', 'done', 'already'] as const) {
      const times = { approvedAt: 1, disownedAt: 2, isPhoneSignedIn: true };
      add('guest.disowning', guest.disowning, { ...all, path: '/not-me/x', state, about, ...times }, state);
    }
  }

  function addOwn(): void {
    const { own } = views;
    const account = { username: evil, displayName: evil, email: evil, emailVerified: false };
    for (const isFresh of [true, false]) {
      const note = isFresh ? 'fresh' : 'not fresh';
      const proof = { isFresh, needsPasskey: !isFresh };
      const shared = { ...all, ...proof, account, doneKey: 'saved' };
      const form = { ...shared, problem: isFresh ? evil : null };
      const row = { id: evil, name: evil, system: evil, isScreen: true, when: evil };
      const counts = { browsers: 1, sites: 2, devices: 0, passkeys: 1, recoveryCodes: 10 };
      add('own.home', own.home, { ...shared, picture: null, hasPassword: isFresh, counts }, note);
      add(
        'own.browsers',
        own.browsers,
        {
          ...form,
          browsers: [
            { ...row, method: evil, site: evil, network: evil, place: evil, isTrusted: true },
            { ...row, method: evil, site: evil, network: evil, place: null, isTrusted: false },
          ],
          maxShown: 2,
          blocked: [row, { ...row, name: null }],
        },
        note,
      );
      const site = { id: evil, site: evil, logo: null, scopes, since: evil, lastUsed: evil };
      add('own.sites', own.sites, { ...form, sites: isFresh ? [site] : [] }, note);
      const device = {
        id: evil,
        name: evil,
        kind: `${evil}2`,
        network: evil,
        place: evil,
        first: evil,
        lastUsed: evil,
      };
      const devices = [
        { ...device, isHere: true, isApp: false },
        { ...device, isHere: false, isApp: true },
      ];
      add('own.devices', own.devices, { ...form, devices }, note);
      add('own.password', own.password, { ...form, hasPassword: isFresh }, note);
      const values = { client: evil, browser: evil, name: evil, method: evil, reason: evil, what: evil };
      const says = messagesOf[locale].account.activity.changedByOther;
      const event = { says, values, address: evil, iso: evil, when: evil };
      add('own.activity', own.activity, { ...shared, events: isFresh ? [event] : [], next: evil, isOlder: true }, note);
      add(
        'own.profile',
        own.profile,
        {
          ...form,
          typed: { displayName: evil, email: evil },
          wrongFields: ['displayName', 'email'],
          picture: isFresh ? '/picture/x' : null,
          languages: [{ id: 'browser', isChosen: true }],
          signal: null,
        },
        note,
      );
      add('own.data', own.data, form, note);
      const passkeys = [buildPasskey({ name: evil }), buildPasskey({ name: evil, synced: false, lastUsedAt: now })];
      const passkeysView = { ...all, ...proof, passkeys: isFresh ? passkeys : [], suggestedName: evil };
      add('own.passkeys', own.passkeys, { ...passkeysView, isPossible: true, signal: '{}' }, note);
      const who = { displayName: evil, username: evil, host: evil };
      add('own.recoveryCodes', own.recoveryCodes, { ...all, ...proof, ...who, left: isFresh ? 3 : 0, count: 10 }, note);
    }
    add(
      'own.passkeys',
      own.passkeys,
      {
        ...all,
        isFresh: true,
        needsPasskey: false,
        passkeys: [],
        suggestedName: evil,
        isPossible: false,
        signal: null,
      },
      'not possible',
    );
    add('own.closed', own.closed, { ...all, returnTo: evil, address: evil });
    add('own.gone', own.gone, all);
  }

  function addConsole(): void {
    for (const isFresh of [true, false]) addConsolePages(isFresh);
  }

  function addConsolePages(isFresh: boolean): void {
    const { console } = views;
    const note = isFresh ? 'fresh' : 'not fresh';
    const shared: ConsoleShared = {
      ...all,
      displayName: evil,
      menu: [
        { name: 'keys', path: '/admin/keys', isHere: true },
        { name: 'clients', path: '/x', isHere: false },
      ],
      path: evil,
      canChange: true,
      isForChanges: true,
      isFresh,
      mayPreviewClaims: true,
      mayChange: isFresh,
    };
    const form = { ...shared, problems: [{ path: evil, message: evil }], notice: evil };
    const key = { kid: evil, alg: evil, state: 'current', createdAt: 1, signsFrom: 2, retiresAt: null } as const;
    add(
      'console.keys',
      console.keys,
      {
        ...shared,
        host: evil,
        keys: [key],
        rotationSeconds: 86_400,
        publishSeconds: 60,
        done: 'rotated',
        isHostWrong: true,
      },
      note,
    );
    const times = { createdAt: 1, expiresAt: now };
    const token = { id: evil, name: evil, uses: 2, usesLeft: 1, createdBy: evil, ...times, maker: evil };
    add(
      'console.registration',
      console.registration,
      {
        ...shared,
        isOn: isFresh,
        endpoint: evil,
        tokens: [token],
        next: evil,
        newToken: evil,
        form: { name: evil, uses: evil, days: evil },
        wrongFields: ['name'],
        isRevoked: true,
      },
      note,
    );
    const pending = { ...shared, target: evil, back: evil, fields: isFresh ? ([[evil, evil]] as const) : null };
    add('console.pendingForm', console.pendingForm, pending, note);
    addOverview(shared, note);
    addClients(shared, form, note);
    addUsers(shared, form, note);
    addActivity(shared, note);
  }

  function addOverview(shared: ConsoleShared, note: string): void {
    const { console } = views;
    const outcomes: Outcomes = {
      shown: 5,
      scanned: 4,
      approved: 3,
      denied: 1,
      cancelled: 1,
      expired: 0,
      open: 0,
      confirmation_wrong: 0,
      timed_out: 0,
    };
    const figures = { buckets: [{ ...outcomes, at: now }], totals: outcomes, medianSeconds: 3 };
    const busy = { id: evil, name: evil, shown: 1, approved: 1, width: 100, approvedWidth: 100 };
    const mail = { whose: evil, code: null, attempts: 3, since: evil, next: null, lastError: evil };
    add(
      'console.overview',
      console.overview,
      {
        ...shared,
        warnings: [
          { code: 'issuer_host', weight: 'warning', facts: { issuer: evil, host: evil } },
          { code: 'keys_due', weight: 'note', facts: { at: now } },
        ],
        undelivered: [mail],
        isEmpty: !shared.isFresh,
        mayAdd: true,
        openNow: 1,
        day: { ...figures, stepSeconds: 3600 },
        month: { ...figures, stepSeconds: 86_400 },
        clients: [
          { ...busy, isKnown: true },
          { ...busy, isKnown: false },
        ],
      },
      note,
    );
  }

  function addClients(shared: ConsoleShared, problems: Pick<Form, 'problems' | 'notice'>, note: string): void {
    const { console } = views;
    const row = { id: evil, name: evil, host: evil, origin: evil, isOn: true, signsInScreens: true, when: evil };
    const list = { ...shared, search: evil, clients: [{ ...row, used: evil }], next: evil };
    add('console.clients', console.clients, list, note);
    const facts = [{ name: evil, value: evil, meaning: evil }];
    for (const kind of ['web', 'screen', 'machine'] as const) {
      const settings = {
        kind,
        form: { ...formOf(defaultsOf[kind]), client_name: evil, redirect_uris: evil },
        problems: [
          { path: 'client_name', message: evil },
          { path: 'redirect_uris.0', message: evil },
        ],
        lifetimes: {
          session_seconds: evil,
          access_token_seconds: evil,
          id_token_seconds: evil,
          refresh_token_seconds: evil,
        },
        isOpen: { basics: true },
        scopes: [
          { name: 'openid', description: evil, isMine: true },
          { name: 'email', description: evil, isMine: false },
        ],
        machineScopes: [{ name: 'clients:read', isMine: true }],
        mayAddScreens: shared.isFresh,
        isPkceFixed: shared.isFresh,
        profile: shared.isFresh ? ('fapi2' as const) : ('none' as const),
      };
      add('console.newClient', console.newClient, { ...shared, ...settings }, `${kind} ${note}`);
      const secret = { id: evil, name: evil, when: evil };
      add(
        'console.client',
        console.client,
        {
          ...shared,
          ...settings,
          notice: problems.notice,
          issuer: evil,
          client: {
            ...row,
            revision: 1,
            secrets: [
              { ...secret, until: evil, used: evil },
              { ...secret, until: null, used: null },
            ],
            hasSecrets: true,
          },
          isReadOnly: !shared.isFresh,
          isBeyond: false,
          newSecret: evil,
          pkceAdvice: shared.isFresh ? 'require' : 'unprotected',
          undelivered: [{ whose: null, code: null, attempts: 1, since: evil, next: evil, lastError: evil }],
          refusals: {
            rows: [{ what: evil, when: evil, times: 2, facts: [{ name: evil, value: evil }], advice: evil }],
            onlyCounted: 1,
          },
          otherScopes: [evil],
          logo: shared.isFresh ? '/logo/x' : null,
          isLogoByClient: shared.isFresh,
          preview: { name: evil, logo: null, host: evil, hostText: messagesOf[locale].review.selfRegistered },
        },
        `${kind} ${note}`,
      );
    }
    const client = { id: evil, name: evil, path: evil, isScreen: false };
    const tab = { label: evil, href: evil, isHere: true };
    add(
      'console.connect',
      console.connect,
      {
        ...shared,
        client,
        values: [{ name: evil, value: evil }],
        suited: [tab],
        others: [tab],
        chosen: evil,
        notes: [evil],
        files: [{ name: evil, text: evil }],
        discoveryCommand: evil,
        hasSignIn: true,
      },
      note,
    );
    const idToken = { beginning: evil, header: facts, claims: facts };
    const answer = { when: evil, request: facts, response: facts };
    const good = { ...answer, error: null, why: null, idToken, userinfo: facts };
    const bad = { ...answer, error: evil, why: evil, idToken: null, userinfo: null };
    const trial = { ...shared, client, obstacle: shared.isFresh ? null : ('off' as const) };
    for (const result of [null, good, bad])
      add('console.trial', console.trial, { ...trial, result }, `${result?.error ?? 'good'} ${note}`);
    const found = { displayName: evil, scope: evil, idToken: facts, userinfo: facts };
    const claims = { ...shared, client, account: evil, wrong: evil, isAccountOff: true, later: facts };
    add('console.claims', console.claims, { ...claims, found: shared.isFresh ? found : null }, note);
  }

  function addUsers(shared: ConsoleShared, problems: Pick<Form, 'problems' | 'notice'>, note: string): void {
    const { console } = views;
    const account: AccountRow = {
      id: evil,
      username: evil,
      name: evil,
      email: `${evil}@`,
      isEmailVerified: true,
      isOn: shared.isFresh,
      disabledWhen: shared.isFresh ? null : evil,
      roles: ['auditor'],
      revision: 1,
      createdWhen: evil,
    };
    add('console.accounts', console.accounts, { ...shared, search: evil, accounts: [account], next: evil }, note);
    add(
      'console.account',
      console.account,
      {
        ...shared,
        ...problems,
        account,
        form: { displayName: evil, email: evil, locale: evil },
        wrongFields: ['email'],
        chosenRoles: ['auditor'],
        isSelf: true,
        devices: [{ id: evil, name: evil, network: evil, signedIn: evil, lastUsed: evil }],
        approvals: [
          {
            ...{ id: evil, site: evil, browser: evil, method: evil },
            isScreen: true,
            network: evil,
            isTrusted: true,
            when: evil,
          },
        ],
        grants: [{ id: evil, site: evil, scopes: [evil], when: evil, lastUsed: evil }],
        activity: [{ says, values: recordValues, when: evil }],
      },
      note,
    );
    const invitation = { id: evil, name: evil, uses: 2, roles: evil, by: evil, made: evil, expires: evil };
    add(
      'console.invitations',
      console.invitations,
      {
        ...shared,
        invitations: [
          { ...invitation, isEnded: false, left: 1 },
          { ...invitation, isEnded: true, left: 0 },
        ],
        next: evil,
        made: { ...invitation, isEnded: false, left: 2, address: evil },
        form: { name: evil, uses: evil, days: evil, roles: ['auditor'] },
        problems: problems.problems,
        isOpen: true,
      },
      note,
    );
    const reset = { account: { displayName: evil, path: evil }, address: evil, expires: evil };
    add('console.resetLink', console.resetLink, { ...shared, ...reset }, note);
  }

  function addActivity(shared: ConsoleShared, note: string): void {
    const { console } = views;
    const fact = { name: evil, value: evil };
    const record: RecordRow = {
      event: evil,
      says,
      values: recordValues,
      notes: [fact],
      facts: [fact],
      iso: evil,
      utc: evil,
      ago: evil,
      address: evil,
      ticketId: evil,
    };
    add(
      'console.activity',
      console.activity,
      {
        ...shared,
        filters: { account: evil, client: evil, event: evil, ticket: evil, from: evil, to: evil },
        problem: shared.isFresh ? null : 'wrongTime',
        isFiltered: true,
        isOlder: true,
        records: [record],
        next: evil,
        first: evil,
        exportPath: evil,
      },
      note,
    );
    add(
      'console.story',
      console.story,
      {
        ...shared,
        outcome: evil,
        isBad: true,
        isScreen: shared.isFresh,
        browser: evil,
        browserAddress: evil,
        phoneAddress: evil,
        client: evil,
        account: evil,
        started: { iso: evil, utc: evil, ago: evil },
        steps: [{ ...record, sinceSeconds: 3, isOther: true }],
      },
      note,
    );
  }

  function addKit(): void {
    const { kit, oidc } = views;
    const fields = [{ name: evil, value: evil }];
    add('oidc.signOut', oidc.signOut, {
      ...all,
      clientName: evil,
      fields,
      problem: 'hint_invalid',
      reference: evil,
      details: fields,
    });
    add('oidc.signOutAgain', oidc.signOutAgain, { ...all, fields });
    add('oidc.staysSignedIn', oidc.staysSignedIn, all);
    add('kit.onward', kit.onward, { ...all, location: evil });
    for (const problem of [null, evil, 'return_address_unregistered'])
      add('oidc.loggedOut', oidc.loggedOut, { ...all, problem });
    add('kit.message', kit.message, { ...all, title: evil, message: evil });
    const action = { href: evil, label: evil };
    add('kit.errorPage', kit.errorPage, {
      ...all,
      code: evil,
      title: evil,
      message: evil,
      action,
      reference: evil,
      details: [{ name: evil, value: evil }],
    });
    for (const code of Object.keys(statusOf) as RefusalCode[]) add('kit.refusal', kit.refusal, { ...all, code }, code);
  }
}

type Form = {
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  readonly notice: string;
};

/** The kit's own pages draw by themselves; their template stands in the markup. */
const kitTemplateOf = (html: string): string => `kit/${/<body class="page-kit-([\w-]+)"/.exec(html)?.[1] ?? ''}`;
