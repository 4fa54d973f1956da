// The error boundary of all page scripts. Every handler, timer and asynchronous task of a page starts here,
// so no exception ends one silently: the page says that something went wrong and shows a reference.
// test/browser/roots.test.ts asserts that no other file starts one.
import { fill } from './messages.ts';
import { showNotice } from './notice-box.ts';
import { pageWords } from './page-words.ts';

type EventsOf<Target> = Target extends Window
  ? WindowEventMap
  : Target extends Document
    ? DocumentEventMap
    : Target extends HTMLElement
      ? HTMLElementEventMap
      : Target extends EventSource | BroadcastChannel | Worker
        ? Record<string, MessageEvent>
        : Record<string, Event>;

/** Adds an event listener. What `handler` throws or rejects with reaches the boundary. */
export function listen<Target extends EventTarget, Type extends keyof EventsOf<Target> & string>(
  target: Target,
  type: Type,
  handler: (event: EventsOf<Target>[Type]) => unknown,
  options?: AddEventListenerOptions,
): void {
  target.addEventListener(type, (event) => run(() => handler(event as EventsOf<Target>[Type])), options);
}

/** Starts a task, such as the asynchronous part of a page's start. */
export function run(task: () => unknown): void {
  try {
    Promise.resolve(task()).catch(report);
  } catch (error) {
    report(error);
  }
}

/** Runs a task once after a time. Returns the number for `clearTimeout`. */
export const later = (afterMs: number, task: () => unknown): number => window.setTimeout(() => run(task), afterMs);

/** Runs a task at intervals. Returns the number for `clearInterval`. */
export const every = (intervalMs: number, task: () => unknown): number =>
  window.setInterval(() => run(task), intervalMs);

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Takes over the submission of a form. The form's buttons are disabled while `task` runs and work again
 * afterwards, whatever happened. A second submission in the meantime does nothing.
 */
export function onSubmit(form: HTMLFormElement, task: (event: SubmitEvent) => unknown): void {
  const buttons = () => [...form.querySelectorAll<HTMLButtonElement>('button[type=submit]')];
  listen(form, 'submit', (event) => {
    event.preventDefault();
    return whileBusy(buttons(), () => task(event as SubmitEvent));
  });
}

/** Takes over the click on a button, with the same promise as `onSubmit`. */
export function onClick(button: HTMLButtonElement, task: () => unknown): void {
  listen(button, 'click', () => whileBusy([button], task));
}

/** Runs a task while buttons are disabled. Does nothing when one of them is disabled already. */
export async function whileBusy(buttons: readonly HTMLButtonElement[], task: () => unknown): Promise<void> {
  if (buttons.some(({ disabled }) => disabled)) return;
  const setDisabled = (isDisabled: boolean) => {
    for (const button of buttons) button.disabled = isDisabled;
  };
  // A page from the back/forward cache comes back as it was left: with its buttons disabled.
  const restore = () => setDisabled(false);
  window.addEventListener('pageshow', restore);
  setDisabled(true);
  try {
    await task();
  } finally {
    setDisabled(false);
    window.removeEventListener('pageshow', restore);
  }
}

/** The id of the last answer in the server's log. Null before the first one. */
let lastRequestId: string | null = null;
export const noteRequestId = (id: string | null): void => {
  lastRequestId = id ?? lastRequestId;
};

/** Says what happened. The reference names the last request in the server's log, and the kind of error. */
function report(error: unknown): void {
  console.error(error);
  const name = (error as { name?: string } | null)?.name ?? 'Error';
  const id = [lastRequestId, name].filter(Boolean).join(' · ');
  const { failed, reload } = pageWords.page.problems;
  const href = location.pathname + location.search;
  showNotice(`${failed} ${fill(pageWords.leave.reference, { id })}`, { label: reload, href });
}

/** Whether an error comes from a script of ours, and not from one that an extension put into the page. */
const isOurs = (error: unknown): boolean => String((error as { stack?: string } | null)?.stack).includes('/assets/');

// A safety net: what does not come through the functions above reaches the boundary as well.
window.addEventListener('error', ({ error }) => isOurs(error) && report(error));
window.addEventListener('unhandledrejection', ({ reason }) => isOurs(reason) && report(reason));
