// What the sign-in page shows in each state. Pieces of the page say by `data-when` in which states they are there.
import type { Messages } from '../i18n/messages.ts';
import type { Problem } from './api.ts';
import { createCountdown } from './countdown.ts';
import { find, readTexts, say } from './dom.ts';
import { fill } from './messages.ts';
import { createQrTile } from './qr-tile.ts';
import type { FrameNews, TicketState } from './ticket-feed.ts';

/** A ticket's state, or `code` when the confirmation code is to be typed. */
export type View = TicketState | 'code';
type Texts = {
  readonly waiting: Pick<Messages['waiting'], 'status' | 'qrName' | 'triesLeft'>;
  readonly asks: Pick<Messages['asks'], 'asked' | 'looking'>;
  readonly refusals: Partial<Messages['refusals']>;
};

const { waiting: texts, asks, refusals } = readTexts<Texts>();

/** What a refusal says to a person. */
export function wordsOf({ code, tries_left }: Problem): string {
  const known = refusals[code as keyof typeof refusals] ?? refusals.internal_error;
  const rest = tries_left === undefined ? '' : ` ${fill(texts.triesLeft, { count: tries_left })}`;
  return `${known?.message ?? ''}${rest}`;
}

export function createWaitingView(main: HTMLElement) {
  const client = main.dataset.client ?? '';
  const status = find('#status');
  const tile = find('#qr');
  const userCode = document.querySelector<HTMLElement>('#user-code');
  const digits = find<HTMLInputElement>('#confirmation_code');
  const numberBox = find('#asked');
  const codeProblem = find('#confirmation_error');
  const drawQr = createQrTile(tile, texts.qrName);
  const countDown = createCountdown(find<SVGElement>('#ring'), Number(main.dataset.pendingSeconds) || 120);

  /** `number`: to be chosen on the phone that was asked. */
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
    tile.toggleAttribute('aria-hidden', false);
    if (view !== 'pending') tile.setAttribute('aria-hidden', 'true');
    countDown(view === 'pending' ? expiresAt : null);
    if (!isNew) return;
    const words = number === null ? texts.status[view] : view === 'pending' ? asks.asked : asks.looking;
    status.textContent = fill(words, { client });
    const wrap = document.querySelector<HTMLDetailsElement>('#panel-wrap');
    if (wrap && (view !== 'pending' || number !== null)) wrap.open = true;
    if (view === 'code') digits.focus();
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
    showFrame(frame: FrameNews): void {
      void drawQr(frame.qr);
      if (userCode && userCode.textContent !== frame.user_code) userCode.textContent = frame.user_code;
      countDown(frame.expires_at);
    },
    /** A refusal that concerns the whole page. */
    showProblem(problem: Problem): void {
      status.textContent = wordsOf(problem);
    },
    showCodeProblem(problem: Problem | null): void {
      say(codeProblem, problem && wordsOf(problem));
      digits.toggleAttribute('aria-invalid', false);
      if (!problem) return;
      digits.setAttribute('aria-invalid', 'true');
      digits.select();
    },
    showConnection(isUp: boolean): void {
      find('#offline').hidden = isUp;
    },
  };
}
