// Authentication with passkeys (WebAuthn §7.2) in our pages: fetch the options, let the authenticator sign,
// send the response. When the person cancels, no error is shown. passkeys.ts registers and removes passkeys.
import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  WebAuthnAbortService,
} from '@simplewebauthn/browser';
import { type Answer, request } from './api.ts';

/** The options of one ceremony. The challenge is single-use. */
export type PasskeyQuestion = PublicKeyCredentialRequestOptionsJSON;
type Options = { readonly options: PasskeyQuestion };

/** Whether this page can use passkeys. Browsers have none over plain http, except on localhost. */
export const hasPasskeys = (): boolean => window.isSecureContext && browserSupportsWebAuthn();

/**
 * Lets the authenticator answer the options. Never rejects.
 *
 * @param useBrowserAutofill true: waits silently in the list of a user name field instead of a dialog
 * @returns null when the person cancelled or has no matching passkey
 */
export async function answerQuestion(optionsJSON: PasskeyQuestion, useBrowserAutofill = false): Promise<object | null> {
  return startAuthentication({ optionsJSON, useBrowserAutofill }).catch(() => null);
}

/** Cancels a ceremony that still waits, such as the one behind a user name field. */
export const abandon = (): void => WebAuthnAbortService.cancelCeremony();

/** `ok: null`: the person cancelled. */
export type PasskeyAnswer<T> = Answer<T> | { readonly ok: null };

/**
 * Requests options from `path` and sends the response of the authenticator to the same path.
 *
 * @param options.more further members of the body that carries the response
 * @param options.proved true: adds a DPoP proof if the browser stores keys
 * @param options.isAutofill as `useBrowserAutofill` of `answerQuestion`
 */
export async function signInByPasskey<T>(
  path: string,
  { more = {}, proved = false, isAutofill = false }: { more?: object; proved?: boolean; isAutofill?: boolean } = {},
): Promise<PasskeyAnswer<T>> {
  const asked = await request<Options>('POST', path, { body: {} });
  if (!asked.ok) return asked;
  const passkey = await answerQuestion(asked.body.options, isAutofill);
  if (!passkey) return { ok: null };
  const send = (isProved: boolean) => request<T>('POST', path, { body: { ...more, passkey }, proved: isProved });
  const answer = await send(proved);
  // A browser that keeps no keys may sign in. It was told that it does not become an approver.
  return !answer.ok && answer.problem.code === 'no_key' ? send(false) : answer;
}

/**
 * Offers passkeys in the list of a user name field with `autocomplete="username webauthn"`. Does nothing when
 * the browser does not support that. Does not call `done` when the person cancels.
 */
export async function offerInField<T>(
  path: string,
  options: { more?: object; proved?: boolean },
  done: (answer: PasskeyAnswer<T>) => Promise<void>,
): Promise<void> {
  if (!hasPasskeys() || !(await browserSupportsWebAuthnAutofill())) return;
  const answer = await signInByPasskey<T>(path, { ...options, isAutofill: true });
  if (answer.ok !== null) await done(answer);
}
