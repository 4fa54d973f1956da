// The switch for notifications on the phone's home page: it subscribes this phone to sign-in requests by Web
// Push (RFC 8030) and unsubscribes it. Nothing is offered in a browser without push.
import { request } from './api.ts';
import { find, say } from './dom.ts';
import { onClick, pause } from './handlers.ts';
import { texts } from './phone-texts.ts';

/** A push service that does not answer is given up after this time. The browser may ask the person first. */
const patienceMs = 60_000;

/** Shows the switch in `#ringing`; its `data-push-key` is the server's VAPID public key (RFC 8292). */
export function offerRinging(): void {
  const section = find('#ringing');
  const { pushKey = '' } = section.dataset;
  const isPossible = 'PushManager' in window && 'serviceWorker' in navigator && 'Notification' in window;
  if (!isPossible) return;
  const [letButton, stopButton] = [find<HTMLButtonElement>('#let-ask'), find<HTMLButtonElement>('#stop-ask')];

  function show(isRung: boolean): void {
    section.hidden = false;
    find('#rung').hidden = !isRung;
    find('#not-rung').hidden = isRung;
  }

  /** Runs one change and shows its result. `isRung`: what the switch shows after a success. */
  async function change(work: () => Promise<string | null>, isRung: boolean): Promise<void> {
    say(find('#ringing-problem'), null);
    const problem = await Promise.race([work().catch(() => texts.asks.failed), failedAfter(patienceMs)]);
    if (problem === null) return show(isRung);
    say(find('#ringing-problem'), problem);
  }

  /**
   * Resolves with null on success, else with the sentence to show. Replaces the subscription of this phone.
   */
  async function subscribe(): Promise<string | null> {
    if ((await Notification.requestPermission()) !== 'granted') return texts.asks.forbidden;
    const { pushManager } = await navigator.serviceWorker.ready;
    // A subscription is bound to one VAPID key. An old one of another key at this address cannot be reused.
    await (await pushManager.getSubscription())?.unsubscribe();
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: pushKey });
    const answer = await request('POST', '/phone/v1/push', { body: made.toJSON(), proved: true });
    return answer.ok ? null : texts.asks.failed;
  }

  /** The server forgets the subscription first, so that it never sends to one that no longer exists. */
  async function unsubscribe(): Promise<string | null> {
    const answer = await request('DELETE', '/phone/v1/push', { proved: true });
    if (!answer.ok) return texts.asks.failed;
    const registration = await navigator.serviceWorker.getRegistration('/q');
    await (await registration?.pushManager.getSubscription())?.unsubscribe();
    return null;
  }

  const failedAfter = async (ms: number): Promise<string> => {
    await pause(ms);
    return texts.asks.failed;
  };

  onClick(letButton, () => change(subscribe, true));
  onClick(stopButton, () => change(unsubscribe, false));
  // A permission that was withdrawn in the browser's settings is unknown to the server until it sends.
  show(section.dataset.rung === 'true' && Notification.permission === 'granted');
}
