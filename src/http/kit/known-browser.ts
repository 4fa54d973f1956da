// Tells whether a request comes from where an account has signed in before: from one of its devices, or from
// a browser that it approved.
// The limits of password guessing spare such a request, so that guesses from elsewhere do not lock the owner
// out (security.md G3, D5).
import type { Accounts } from '../../core/account/accounts.ts';
import type { Browsers } from '../../core/device/browsers.ts';
import { digest } from '../../crypto.ts';
import type { Context } from './context.ts';
import type { Cookies } from './cookies.ts';
import type { Identity } from './identity.ts';

export type KnownBrowserDeps = {
  readonly accounts: Accounts;
  readonly browsers: Browsers;
  readonly identity: Identity;
  readonly cookies: Cookies;
};

export type IsKnownBrowser = (ctx: Context, username: string) => Promise<boolean>;

export function createKnownBrowser({ accounts, browsers, identity, cookies }: KnownBrowserDeps): IsKnownBrowser {
  return async (ctx, typed) => {
    const device = await identity.byCookie(ctx);
    const secret = cookies.existingBrowser(ctx);
    const account = device || secret ? await accounts.findByName(typed) : null;
    if (device && device.account.id === account?.id) return true;
    const browser = secret && account ? await browsers.find(account.id, digest(secret)) : null;
    return browser !== null && browser.firstUsedAt !== null && browser.blockedAt === null;
  };
}
