// The way back to the app from a page on which a sign-in cannot go on: it ended, it expired, or the person
// came back to it by the history of the browser. The interaction is gone then, so a cookie of its own path
// remembers the app. Only the browser that began the sign-in has it.
import { type Client, signInPageOf } from '../../core/client/client.ts';
import { isSameSecret, type Vault } from '../../crypto.ts';
import type { Interaction } from '../../oidc/interaction.ts';
import { plainText } from '../../plain-text.ts';
import type { Context } from './context.ts';
import type { Cookies } from './cookies.ts';

/** A link to the app, and the name of the app. */
export type WayBack = { readonly href: string; readonly clientName: string };

export type WayBackDeps = {
  readonly issuer: string;
  readonly vault: Vault;
  readonly cookies: Pick<Cookies, 'wayBack' | 'setWayBack'>;
  /** Null for an unknown or disabled client. */
  readonly findClient: (id: string) => Promise<Client | null>;
};

export type WaysBack = ReturnType<typeof createWaysBack>;

const interactionPath = /^\/interaction\/([\w-]{1,64})(?:\/|$)/;

/** @returns null for a client that names no page of its own */
export function wayBackTo(client: Client, issuer: string): WayBack | null {
  const href = signInPageOf(client, issuer);
  return href === null ? null : { href, clientName: plainText(client.metadata.client_name, 60) || client.id };
}

export function createWaysBack({ issuer, vault, cookies, findClient }: WayBackDeps) {
  const macOf = (uid: string, clientId: string) => vault.mac(JSON.stringify([uid, clientId]), 'way back');

  /** The client that the cookie of this path names; null when it was forged. */
  function clientIdOf(ctx: Context): string | null {
    const uid = interactionPath.exec(ctx.path)?.[1];
    const [encoded = '', mac = ''] = (uid && cookies.wayBack(ctx)?.split('.')) || [];
    const clientId = Buffer.from(encoded, 'base64url').toString('utf8');
    return uid && isSameSecret(mac, macOf(uid, clientId)) ? clientId : null;
  }

  return {
    /** Remembers the app of a sign-in in this browser. */
    remember(ctx: Context, { uid, client }: Interaction): void {
      const encoded = Buffer.from(client.id, 'utf8').toString('base64url');
      cookies.setWayBack(ctx, `/interaction/${uid}`, `${encoded}.${macOf(uid, client.id)}`);
    },

    /** The app of the sign-in to which this request belongs; null where it is not known or names no page. */
    async of(ctx: Context): Promise<WayBack | null> {
      const clientId = clientIdOf(ctx);
      const client = clientId === null ? null : await findClient(clientId);
      return client && wayBackTo(client, issuer);
    },
  };
}
