// "Let this phone be asked": one tap, the browser's own question, and its push subscription goes to the server. Where the browser knows no
// push, nothing is offered.
import { request } from './api.ts';
import { find, say } from './dom.ts';
import { texts } from './review-view.ts';

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

  async function change(button: HTMLButtonElement, work: () => Promise<string | null>, isRung: boolean): Promise<void> {
    button.disabled = true;
    say(find('#ringing-problem'), null);
    const problem = await work().catch(() => texts.asks.failed);
    button.disabled = false;
    if (problem === null) return show(isRung);
    say(find('#ringing-problem'), problem);
  }

  /** @returns why not, in words. */
  async function subscribe(): Promise<string | null> {
    if ((await Notification.requestPermission()) !== 'granted') return texts.asks.forbidden;
    const { pushManager } = await navigator.serviceWorker.ready;
    // One made for another key, by another provider at this address, cannot be used.
    await (await pushManager.getSubscription())?.unsubscribe();
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: pushKey });
    const answer = await request('POST', '/phone/v1/push', { body: made.toJSON(), proved: true });
    return answer.ok ? null : texts.asks.failed;
  }

  async function unsubscribe(): Promise<string | null> {
    const answer = await request('DELETE', '/phone/v1/push', { proved: true });
    if (!answer.ok) return texts.asks.failed;
    const registration = await navigator.serviceWorker.getRegistration('/q');
    await (await registration?.pushManager.getSubscription())?.unsubscribe();
    return null;
  }

  letButton.addEventListener('click', () => void change(letButton, subscribe, true));
  stopButton.addEventListener('click', () => void change(stopButton, unsubscribe, false));
  // Permission that was taken away in the settings: the server does not know yet.
  show(section.dataset.rung === 'true' && Notification.permission === 'granted');
}
