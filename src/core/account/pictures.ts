// Use-cases of an account's picture. It is checked like a logo, stored as this account's own copy, and then
// named by the account, in this order. SVG is not accepted, because it can contain scripts.
// http/account/picture-routes.ts serves it.

import { randomSecret } from '../../crypto.ts';
import { ClientError } from '../client/client.ts';
import { type Logo, readLogo } from '../client/logo.ts';
import type { LogoStore } from '../client/logo-store.ts';
import { type Account, AccountError, type AccountPicture } from './account.ts';
import type { Accounts } from './accounts.ts';

export type PicturesDeps = { readonly store: LogoStore; readonly accounts: Accounts };
export type Pictures = ReturnType<typeof createPictures>;

export function createPictures({ store, accounts }: PicturesDeps) {
  const drop = async (picture: AccountPicture | null | undefined): Promise<void> => {
    if (picture) await store.delete(picture.hash, picture.copy);
  };

  async function change(id: string, next: AccountPicture | null): Promise<Account> {
    const { account, before } = await accounts.setPicture(id, next);
    await drop(before);
    return account;
  }

  return {
    /** Returns a stored picture; null when it is unknown or an SVG. */
    async find(hash: string): Promise<Logo | null> {
      const picture = /^[0-9a-f]{64}$/.test(hash) ? await store.find(hash) : null;
      return picture?.type === 'image/svg+xml' ? null : picture;
    },

    /**
     * Sets the picture.
     * @param sent `type` is the media type of the upload
     * @throws AccountError `picture_…`, `account_not_found`; nothing is changed then
     */
    async set(id: string, sent: { body: Buffer; type: string }): Promise<Account> {
      const picture = readPicture(sent);
      const next = { hash: picture.hash, copy: randomSecret(128) };
      await store.put(next.copy, picture);
      try {
        return await change(id, next);
      } catch (error) {
        if ((await accounts.find(id))?.picture?.copy !== next.copy) await drop(next);
        throw error;
      }
    },

    /** Removes the picture. @throws AccountError `account_not_found` */
    remove: (id: string): Promise<Account> => change(id, null),

    /** Deletes the picture of an account that is being deleted. */
    forget: ({ picture }: Account): Promise<void> => drop(picture),
  };
}

function readPicture({ body, type }: { body: Buffer; type: string }): Logo {
  try {
    const picture = readLogo(body, type);
    if (picture.type === 'image/svg+xml') throw new AccountError('picture_unsupported', 'Use a PNG, JPEG or WebP.');
    return picture;
  } catch (error) {
    throw error instanceof ClientError ? refusalOf(error) : error;
  }
}

function refusalOf(cause: ClientError): AccountError {
  if (cause.code === 'logo_too_large' || cause.code === 'logo_side_too_long')
    return new AccountError('picture_too_large', 'A picture has 100 KiB and 1024 × 1024 pixels at most.', { cause });
  if (cause.code === 'logo_broken') return new AccountError('picture_broken', 'This picture is not whole.', { cause });
  return new AccountError('picture_unsupported', 'Use a PNG, JPEG or WebP.', { cause });
}
