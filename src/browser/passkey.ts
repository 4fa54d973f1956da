// The WebAuthn ceremonies of our pages: fetch a question, let the authenticator answer, send the answer. What a person breaks off is no
// error and says nothing.
import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  WebAuthnAbortService,
} from '@simplewebauthn/browser';
import { type Answer, request } from './api.ts';

export type PasskeyQuestion = PublicKeyCredentialRequestOptionsJSON;
type Options = { readonly options: PasskeyQuestion };

/** Over plain http there are none, except on localhost. */
export const hasPasskeys = (): boolean => window.isSecureContext && browserSupportsWebAuthn();

/** @returns null when the person broke it off, or has no passkey that fits. */
export async function answerQuestion(optionsJSON: PasskeyQuestion, useBrowserAutofill = false): Promise<object | null> {
  return startAuthentication({ optionsJSON, useBrowserAutofill }).catch(() => null);
}

/** Ends a ceremony that still waits, such as the one behind a username field. */
export const abandon = (): void => WebAuthnAbortService.cancelCeremony();

export type PasskeyAnswer<T> = Answer<T> | { readonly ok: null };

/**
 * Asks `path` for a question and sends it the answer. `send` may add to what is sent.
 * `ok: null`: broken off.
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
  // A browser that keeps no keys may still sign in; it is told when it wants to approve.
  return proved ? send(true).catch(() => send(false)) : send(false);
}

/** Offers passkeys in the list of a username field marked for it, quietly; nothing happens where browsers do not know that. */
export async function offerInField<T>(
  path: string,
  options: { more?: object; proved?: boolean },
  done: (answer: PasskeyAnswer<T>) => void,
): Promise<void> {
  if (!hasPasskeys() || !(await browserSupportsWebAuthnAutofill())) return;
  const answer = await signInByPasskey<T>(path, { ...options, isAutofill: true });
  if (answer.ok !== null) done(answer);
}
