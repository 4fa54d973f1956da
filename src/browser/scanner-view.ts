// The elements of the scanner: the finder with the camera's picture, a status line, and buttons for the light
// and the next camera. scanner.ts decides what they show.
import type { Messages } from '../i18n/messages.ts';
import { find, readTexts } from './dom.ts';
import { createPictureTaker } from './scanner-picture.ts';

export type ScannerWords = Messages['scanner'];
/** `problem`: there is no picture. The status line says why, and the person may be able to retry. */
export type ScannerState = 'ready' | 'starting' | 'running' | 'problem';

export const words = readTexts<{ scanner: ScannerWords }>().scanner;

/** @throws Error when the panel lacks one of its elements */
export function createScannerView(panel: HTMLElement) {
  const status = find('#scanner-status', panel);
  const video = find<HTMLVideoElement>('video', panel);
  const openButton = find<HTMLButtonElement>('#scanner-open', panel);
  const torchButton = find<HTMLButtonElement>('#scanner-torch', panel);
  const switchButton = find<HTMLButtonElement>('#scanner-switch', panel);
  const closeButton = find<HTMLButtonElement>('#scanner-close', panel);
  const tools = find('.scan-tools', panel);

  /** Shows the buttons that the open camera supports. Leaving the state `running` hides them. */
  function setTools({ hasTorch, hasOthers }: { hasTorch: boolean; hasOthers: boolean }): void {
    torchButton.hidden = !hasTorch;
    switchButton.hidden = !hasOthers;
    tools.hidden = !hasTorch && !hasOthers;
    if (!hasTorch) torchButton.setAttribute('aria-pressed', 'false');
  }

  return {
    video,
    openButton,
    torchButton,
    switchButton,
    closeButton,

    /** Shows the panel and moves the focus to its heading. */
    show(): void {
      panel.hidden = false;
      find('h2', panel).focus();
    },
    hide(): void {
      panel.hidden = true;
    },

    /**
     * Sets the status line. `isBad`: the person has to do something. The same text is not announced twice.
     */
    say(text: string, isBad = false): void {
      status.classList.toggle('scan-bad', isBad);
      // The element stays in the page when it is empty: not every screen reader announces one that reappears.
      if (status.textContent !== text) status.textContent = text;
    },
    /** `canRetry` false: typing the user code is the only way on, so its button becomes the main one. */
    setState(state: ScannerState, canRetry = true): void {
      panel.dataset.state = state;
      openButton.hidden = state === 'starting' || state === 'running' || !canRetry;
      openButton.textContent = state === 'problem' ? words.again : words.open;
      closeButton.classList.toggle('button-main', !canRetry);
      closeButton.classList.toggle('button-wide', !canRetry);
      closeButton.classList.toggle('button-quiet', canRetry);
      if (state === 'running') return;
      setTools({ hasTorch: false, hasOthers: false });
    },
    setTools,

    /** Returns the pixels of the square in the finder, or null while there is no picture. */
    picture: createPictureTaker(video),
  };
}
