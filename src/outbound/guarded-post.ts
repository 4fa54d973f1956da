// Sends one POST to an address that somebody else has chosen (GuardedPost of core/push; security.md E5). It
// follows no redirect and reads only the status. address-guard.ts keeps it out of our own network.
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { GuardedPost } from '../core/push/guarded-post.ts';
import type { AddressGuard } from './address-guard.ts';

export function createGuardedPost({ guard }: { guard: AddressGuard }): GuardedPost {
  return async (url, { headers, body, signal }) => {
    guard.check(url);
    const open = url.protocol === 'https:' ? requestSecure : requestPlain;
    return new Promise((resolve, reject) => {
      const request = open(url, { method: 'POST', headers, signal, agent: false, ...guard.options }, (response) => {
        response.destroy();
        resolve(response.statusCode ?? 0);
      });
      request.once('error', reject).end(body);
    });
  };
}
