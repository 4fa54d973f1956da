// Offers passkeys in the list of a user name field with `autocomplete="username webauthn"` (WebAuthn §5.1.7,
// conditional mediation). The request waits silently, perhaps for hours, so it is renewed before its
// challenge expires, after a refusal, and after a dialog that replaced it.
import { browserSupportsWebAuthnAutofill, startAuthentication, WebAuthnAbortService } from '@simplewebauthn/browser';
import { request } from './api.ts';
import { later, listen, pause } from './handlers.ts';
import {
  type AuthenticationResponse,
  afterDialog,
  hasPasskeys,
  type PasskeyAnswer,
  type PasskeyOptions,
  type PasskeyQuestion,
  sendAnswer,
} from './passkey.ts';

/** A challenge is renewed this long before it expires, so that a person who chooses now is in time. */
const marginMs = 30_000;
/** Where nothing is known, as the server's `challengeSeconds`. */
const usualLifeMs = 300_000;
/** Pause after the server or the browser gave no reason to expect better at once. */
const retryMs = 15_000;

let isAbandoned = false;

/** Ends the offer for good, because the page sends its form. */
export function abandon(): void {
  isAbandoned = true;
  WebAuthnAbortService.cancelCeremony();
}

/**
 * Offers until somebody has signed in. Does nothing when the browser does not support it.
 *
 * @param done takes every answer of the server; one that is `ok` ends the offer
 */
export async function offerInField<T>(
  path: string,
  options: PasskeyOptions,
  done: (answer: PasskeyAnswer<T>) => Promise<void>,
): Promise<void> {
  if (!hasPasskeys() || !(await browserSupportsWebAuthnAutofill())) return;
  while (!isAbandoned) {
    const asked = await request<{ readonly options: PasskeyQuestion }>('POST', path, { body: {} });
    // A sign-in that has ended takes no passkey, and its page says so.
    if (!asked.ok && asked.status === 404) return;
    const question = asked.ok ? asked.body.options : null;
    const passkey = question && (await waitBehindField(question));
    if (!question || passkey === null) await pause(retryMs);
    else if (passkey === 'again') await afterDialog();
    else {
      const answer = await sendAnswer<T>(path, question, passkey, options);
      await done(answer);
      if (answer.ok) return;
    }
  }
}

/** Resolves with `again` when the request was replaced, and with null when the browser refused it. */
async function waitBehindField(optionsJSON: PasskeyQuestion): Promise<AuthenticationResponse | 'again' | null> {
  const stop = renewInTime((optionsJSON.timeout ?? usualLifeMs) - marginMs);
  try {
    return await startAuthentication({ optionsJSON, useBrowserAutofill: true });
  } catch (error) {
    const { name, code } = error as { name?: string; code?: string };
    return name === 'AbortError' || code === 'ERROR_CEREMONY_ABORTED' ? 'again' : null;
  } finally {
    stop();
  }
}

/**
 * Aborts the request behind the field after a time, so that the next one has a fresh challenge. A phone that
 * slept runs its timers late, so the time is also looked at when the page becomes visible.
 */
function renewInTime(lifeMs: number): () => void {
  const endsAtMs = Date.now() + lifeMs;
  const stopped = new AbortController();
  const renew = () => WebAuthnAbortService.cancelCeremony();
  const timer = later(lifeMs, renew);
  const { signal } = stopped;
  listen(document, 'visibilitychange', () => !document.hidden && Date.now() >= endsAtMs && renew(), { signal });
  return () => {
    clearTimeout(timer);
    stopped.abort();
  };
}
