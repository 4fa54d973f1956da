// Authentication with passkeys (WebAuthn §7.2) in our pages: fetch the options, let the authenticator sign,
// send the response. passkey-field.ts offers passkeys in a field, passkeys.ts registers and removes them.
import {
  type AuthenticationResponseJSON,
  browserSupportsWebAuthn,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
} from '@simplewebauthn/browser';
import { type Answer, request } from './api.ts';
import { signalUnknown } from './passkey-signals.ts';

/** The options of one ceremony. The challenge is single-use. */
export type PasskeyQuestion = PublicKeyCredentialRequestOptionsJSON;
export type AuthenticationResponse = AuthenticationResponseJSON;
/** `more`: further members of the body with the response. `proved`: adds a DPoP proof, if possible. */
export type PasskeyOptions = { readonly more?: object; readonly proved?: boolean };

/** Whether this page can use passkeys. Browsers have none over plain http, except on localhost. */
export const hasPasskeys = (): boolean => window.isSecureContext && browserSupportsWebAuthn();

/**
 * Lets the authenticator answer the options in a dialog of the browser. Never rejects.
 *
 * @returns null when the person cancelled, has no matching passkey, or has a security key without a PIN.
 *   Browsers do not say which
 */
export const answerQuestion = (optionsJSON: PasskeyQuestion): Promise<AuthenticationResponse | null> =>
  startAuthentication({ optionsJSON }).catch(() => null);

/** `ok: null`: the dialog was closed without an answer. */
export type PasskeyAnswer<T> = Answer<T> | { readonly ok: null };

/** The sign-in by a dialog that is under way, or null. */
let dialog: Promise<unknown> | null = null;

/** Resolves when no dialog is open. A request behind a field must not replace one. */
export const afterDialog = async (): Promise<void> => {
  while (dialog) await dialog;
};

/** Requests options from `path` and sends the response of the authenticator to the same path. */
export async function signInByPasskey<T>(path: string, options: PasskeyOptions = {}): Promise<PasskeyAnswer<T>> {
  const work = async (): Promise<PasskeyAnswer<T>> => {
    const asked = await request<{ readonly options: PasskeyQuestion }>('POST', path, { body: {} });
    if (!asked.ok) return asked;
    const passkey = await answerQuestion(asked.body.options);
    return passkey ? sendAnswer<T>(path, asked.body.options, passkey, options) : { ok: null };
  };
  const signIn = work().finally(() => {
    dialog = null;
  });
  // Whoever waits for the dialog does not care how it ended.
  dialog = signIn.catch(() => null);
  return signIn;
}

/** Sends the response of the authenticator, and tells the browser when its passkey was removed here. */
export async function sendAnswer<T>(
  path: string,
  { rpId = location.hostname }: PasskeyQuestion,
  passkey: AuthenticationResponse,
  { more = {}, proved = false }: PasskeyOptions,
): Promise<Answer<T>> {
  const send = (isProved: boolean) => request<T>('POST', path, { body: { ...more, passkey }, proved: isProved });
  const first = await send(proved);
  // A browser that keeps no keys may sign in. It was told that it does not become an approver.
  const answer = !first.ok && first.problem.code === 'no_key' ? await send(false) : first;
  if (!answer.ok && answer.problem.code === 'passkey_unknown') await signalUnknown(rpId, passkey.id);
  return answer;
}
