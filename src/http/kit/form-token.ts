// The token in every form of ours. It tells our own forms from those of other sites where no header does
// (csrf.ts), and one sending of a form from another (form-repeats.ts).
// It is bound to the secret cookie of the browser that got the page (double submit with a MAC). The server
// keeps nothing.
import { isSameSecret, randomSecret, type Vault } from '../../crypto.ts';
import { readText } from './body.ts';
import type { Context, Handler } from './context.ts';
import type { Cookies } from './cookies.ts';
import { formTokenField } from './form-fields.ts';

export type FormTokensDeps = { readonly vault: Vault; readonly cookies: Pick<Cookies, 'browser' | 'existingBrowser'> };

export type FormTokens = ReturnType<typeof createFormTokens>;

const postForm = /<form\b[^>]*\bmethod="post"[^>]*>/g;
const fileForm = /\benctype="multipart\/form-data"/;
const pattern = /^([\w-]{22})\.([\w-]{43})$/;

export function createFormTokens({ vault, cookies }: FormTokensDeps) {
  const macOf = (browser: string, nonce: string): string => vault.mac(JSON.stringify([browser, nonce]), 'form token');

  /** The body of a form that uploads a file is not read here, so its token is in its address. */
  function addTo(form: string, token: string): string {
    if (fileForm.test(form)) return form.replace(/\baction="([^"?]*)"/, `action="$1?${formTokenField}=${token}"`);
    return `${form}<input type="hidden" name="${formTokenField}" value="${token}">`;
  }

  async function tokenIn(ctx: Context): Promise<string> {
    if (!ctx.is('application/x-www-form-urlencoded')) return String(ctx.query[formTokenField] ?? '');
    return new URLSearchParams(await readText(ctx)).get(formTokenField) ?? '';
  }

  return {
    /** Adds a token to the forms of every page. All forms of one page share it. */
    add: (async (ctx, next) => {
      await next();
      const { body } = ctx;
      if (typeof body !== 'string' || !ctx.response.is('html') || body.search(postForm) < 0) return;
      const nonce = randomSecret(128);
      const token = `${nonce}.${macOf(cookies.browser(ctx), nonce)}`;
      ctx.body = body.replace(postForm, (form) => addTo(form, token));
    }) satisfies Handler,

    /**
     * The token of a form that this browser got from us; null without one.
     * @throws HttpError `body_too_large`
     */
    async read(ctx: Context): Promise<string | null> {
      const browser = cookies.existingBrowser(ctx);
      const token = await tokenIn(ctx);
      const [, nonce = '', mac = ''] = pattern.exec(token) ?? [];
      return browser !== null && isSameSecret(mac, macOf(browser, nonce)) ? token : null;
    },
  };
}
