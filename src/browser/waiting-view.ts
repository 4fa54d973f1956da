// Shows the state of the ticket on the sign-in page. Each element lists in `data-when` the views in which it
// is visible. waiting.ts decides which view is current.
import type { Messages } from '../i18n/messages.ts';
import type { Problem } from './api.ts';
import { createCodeAge } from './code-age.ts';
import { createCountdown } from './countdown.ts';
import { find, present, readTexts, say } from './dom.ts';
import { run } from './handlers.ts';
import { fill } from './messages.ts';
import { pageWords, wordsOfRefusal } from './page-words.ts';
import { createQrTile } from './qr-tile.ts';
import type { Connection, FrameNews, TicketState } from './ticket-feed.ts';

/** The state of the ticket, or `code` while the person has to type the confirmation code. */
export type View = TicketState | 'code';
type Texts = {
  readonly waiting: Pick<Messages['waiting'], 'status' | 'qrName' | 'triesLeft'>;
  readonly asks: Pick<Messages['asks'], 'asked' | 'looking'>;
  readonly refusals: Partial<Messages['refusals']>;
};

const { waiting: texts, asks, refusals } = readTexts<Texts>();

/** Returns the sentence for a refusal, with the number of tries that are left where there is one. */
export function wordsOf({ code, tries_left }: Problem): string {
  const { message } = wordsOfRefusal(code, refusals);
  const rest = tries_left === undefined ? '' : ` ${fill(texts.triesLeft, { count: tries_left })}`;
  return `${message}${rest}`;
}

/** Whether the person is filling in a form, which no change of the ticket should scroll out of view. */
const isTyping = (): boolean => document.activeElement?.tagName === 'INPUT';

/**
 * @param main the element `#waiting`; its data attributes carry the client's name and the ticket's lifetime
 */
export function createWaitingView(main: HTMLElement) {
  const client = main.dataset.client ?? '';
  const status = find('#status');
  const tile = find('#qr');
  const userCode = document.querySelector<HTMLElement>('#user-code');
  const digits = find<HTMLInputElement>('#confirmation_code');
  const numberBox = find('#asked');
  const codeProblem = find('#confirmation_error');
  const drawQr = createQrTile(tile, texts.qrName);
  let shownConnection: Connection = 'up';
  const codeAge = createCodeAge((isOld) => {
    main.toggleAttribute('data-old', isOld);
    find('#old').hidden = !isOld;
  });
  const countDown = createCountdown(find<SVGElement>('#ring'), Number(main.dataset.pendingSeconds) || 120);

  /**
   * Shows one view. Repeated calls with the same view announce nothing again.
   *
   * @param expiresAt epoch seconds; drawn only while the ticket is pending
   * @param number two digits that the person must choose on the phone that was asked; null: no phone was
   *   asked
   */
  function show(view: View, expiresAt: number, number: string | null = null): void {
    const isNew = main.dataset.view !== view || numberBox.hidden === (number !== null);
    main.dataset.view = view;
    for (const piece of document.querySelectorAll<HTMLElement>('[data-when]')) {
      piece.hidden = !piece.dataset.when?.split(' ').includes(view);
    }
    for (const step of document.querySelectorAll<HTMLElement>('[data-step]')) {
      if (step.dataset.step === view || (view === 'code' && step.dataset.step === 'approved'))
        step.setAttribute('aria-current', 'step');
      else step.removeAttribute('aria-current');
    }
    showNumber(number);
    // A code that nobody should scan any more is hidden from screen readers too.
    tile.toggleAttribute('aria-hidden', false);
    if (view !== 'pending') tile.setAttribute('aria-hidden', 'true');
    countDown(view === 'pending' ? expiresAt : null);
    if (view !== 'pending') codeAge.stop();
    if (!isNew) return;
    const words = number === null ? texts.status[view] : view === 'pending' ? asks.asked : asks.looking;
    status.textContent = fill(words, { client });
    const wrap = document.querySelector<HTMLDetailsElement>('#panel-wrap');
    if (wrap && (view !== 'pending' || number !== null)) wrap.open = true;
    // What is new stands at the top of the page.
    if (view === 'code') present(digits);
    else if (view !== 'pending' && !isTyping()) window.scrollTo(0, 0);
  }

  function showNumber(number: string | null): void {
    numberBox.hidden = number === null;
    find('#ask-number').textContent = number ?? '';
    if (number === null) return;
    for (const piece of document.querySelectorAll<HTMLElement>('[data-unasked]')) piece.hidden = true;
  }

  return {
    show,
    words: wordsOf,
    /** Draws the next frame of the same ticket. */
    showFrame(frame: FrameNews): void {
      codeAge.restart();
      run(() => drawQr(frame.qr));
      if (userCode && userCode.textContent !== frame.user_code) userCode.textContent = frame.user_code;
      countDown(frame.expires_at);
    },
    /** Says in the status line that an approval was not used in time. */
    showLapsed(): void {
      status.textContent = texts.status.lapsed;
    },
    /** Shows a refusal in the status line of the page. */
    showProblem(problem: Problem): void {
      status.textContent = wordsOf(problem);
    },
    /** Shows a refusal beside the field of the confirmation code; null removes it. */
    showCodeProblem(problem: Problem | null): void {
      say(codeProblem, problem && wordsOf(problem));
      digits.toggleAttribute('aria-invalid', false);
      if (!problem) return;
      digits.setAttribute('aria-invalid', 'true');
      digits.select();
    },
    showConnection(connection: Connection): void {
      if (connection === shownConnection) return;
      shownConnection = connection;
      say(find('#offline'), connection === 'up' ? null : pageWords.page.problems[connection]);
    },
  };
}
