// F3 Every form of the provider that leads to a relying party, where the relying party redirects over two
// further origins, in Firefox and WebKit. test/e2e/redirect-chain.spec.ts does the same in Chromium.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { type Engine, type EngineWindow, wide } from '../support/engines/engine.ts';
import { type RedirectChain, startRedirectChain } from '../support/redirect-chain.ts';
import { authorizationParams } from '../support/waiting-browser.ts';
import { claimFrom, engines, signInByPassword } from './engines.ts';

export function describeForms(name: Engine['name']): void {
  let chain: RedirectChain;
  let app: TestApp;

  beforeAll(async () => {
    chain = await startRedirectChain();
    const client = {
      client_id: 'chain',
      client_name: 'Chain',
      token_endpoint_auth_method: 'none',
      redirect_uris: [chain.redirectUri],
      post_logout_redirect_uris: [chain.redirectUri],
      scope: 'openid profile email',
    };
    app = await startApp({ clients: [client], sign_up: 'open' });
  });
  afterAll(async () => {
    await app?.stop();
    await chain?.close();
  });

  describe.each([
    ['with scripts', true],
    ['without scripts', false],
  ])(`F3 a form in ${name} %s ends at a relying party beyond two origins`, (title, scripts) => {
    let engine: Engine;
    let window: EngineWindow;
    beforeAll(async () => {
      engine = await engines[name]();
    });
    afterAll(() => engine?.close());
    afterEach(async () => {
      expect(await window.violations(), 'nothing breaks the content security policy').toEqual([]);
      await window.close();
    });

    const authorize = (change: Record<string, string> = {}) => {
      const { params } = authorizationParams({ client_id: 'chain', redirect_uri: chain.redirectUri, ...change });
      return window.goto(`${app.issuer}/auth?${params}`);
    };
    async function open(change: Record<string, string> = {}): Promise<void> {
      window = await engine.open({ ...wide, scripts });
      await authorize(change);
    }

    /** What the provider sent to the relying party, at the end of the chain. */
    async function arrival(): Promise<URLSearchParams> {
      const { searchParams } = await window.waitForUrl(chain.end);
      expect(await window.heading()).toBe('Arrived');
      return searchParams;
    }
    /** Where a script goes on by itself, a person without scripts taps. */
    const continueByHand = async () => {
      if (!scripts) await window.click('button', 'Continue');
    };
    async function signInAndAllow(username = 'alice'): Promise<void> {
      await signInByPassword(window, username);
      await window.click('button', 'Allow');
    }
    const newUsername = (kind: string) => `${kind}-${title.replaceAll(' ', '-')}`;

    it('after password and consent', async () => {
      await open();
      await signInAndAllow();
      expect((await arrival()).has('code')).toBe(true);
    });

    it('after a new account and consent', async () => {
      await open({ prompt: 'create' });
      await window.fill('Username', newUsername('nora'));
      await window.fill('Password', 'four words make a sentence');
      await window.click('button', 'Create account');
      await window.click('button', 'Allow');
      expect((await arrival()).has('code')).toBe(true);
    });

    it('after Cancel on the sign-in page', async () => {
      await open();
      await window.click('button', 'Cancel');
      expect((await arrival()).get('error')).toBe('access_denied');
    });

    it('after Cancel on the consent page', async () => {
      await open();
      await signInByPassword(window);
      // The sign-in page has a "Cancel" as well.
      await window.waitFor('button', 'Allow');
      await window.click('button', 'Cancel');
      expect((await arrival()).get('error')).toBe('access_denied');
    });

    it('after the approval of a phone', async () => {
      await open();
      const { phone, claim } = await claimFrom(app, window);
      await phone.approve(claim);
      await continueByHand();
      expect((await arrival()).has('code')).toBe(true);
    });

    it('after a phone has refused', async () => {
      await open();
      const { phone, claim } = await claimFrom(app, window);
      await phone.deny(claim);
      await continueByHand();
      expect((await arrival()).get('error')).toBe('access_denied');
    });

    it('after a second person has signed in to the same browser', async () => {
      await open();
      await signInAndAllow();
      await arrival();
      await authorize({ prompt: 'login' });
      await signInByPassword(window, 'bob');
      // The library's page submits itself; without script it has a button.
      await continueByHand();
      await window.click('button', 'Allow');
      expect((await arrival()).has('code')).toBe(true);
    });

    it('after signing out', async () => {
      await open();
      await signInAndAllow();
      await arrival();
      const parameters = { client_id: 'chain', post_logout_redirect_uri: chain.redirectUri, state: 'kept' };
      await window.goto(`${app.issuer}/session/end?${new URLSearchParams(parameters)}`);
      await window.click('button', 'Sign out');
      expect((await arrival()).get('state')).toBe('kept');
    });

    it('after a form of the relying party has signed the person out', async () => {
      await open();
      await signInAndAllow();
      await arrival();
      await window.run(
        `document.body.innerHTML = '<form method="post"><input name="client_id" value="chain"><input name="state" value="kept">'
        + '<input name="post_logout_redirect_uri"><button>Leave</button></form>';
      document.forms[0].action = args[0];
      document.forms[0].elements.post_logout_redirect_uri.value = args[1]`,
        `${app.issuer}/session/end`,
        chain.redirectUri,
      );
      await window.click('button', 'Leave');
      await continueByHand();
      await window.click('button', 'Sign out');
      expect((await arrival()).get('state')).toBe('kept');
    });

    it('by form_post, with a code', async () => {
      await open({ response_mode: 'form_post' });
      await signInAndAllow();
      await continueByHand();
      expect((await arrival()).has('code')).toBe(true);
    });

    it.each([
      ['that a person caused', { prompt: 'login' }, 'access_denied'],
      ['of prompt=none', { prompt: 'none' }, 'login_required'],
      ['found before the redirect URI is checked', { prompt: 'bogus' }, 'invalid_request'],
    ])('by form_post, with an error %s', async (_name, change, error) => {
      await open({ response_mode: 'form_post', ...change });
      // Without scripts the sign-in page has a button "Continue" of its own.
      if (error === 'access_denied') await window.leaveBy('button', 'Cancel');
      await continueByHand();
      expect((await arrival()).get('error')).toBe(error);
    });
  });
}
