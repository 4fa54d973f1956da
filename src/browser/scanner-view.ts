// The scanner as a person meets it: finder, one line that says what is going on, light and camera switch where there are any.
import type { Messages } from '../i18n/messages.ts';
import { find, readTexts } from './dom.ts';

export type ScannerWords = Messages['scanner'];
/** `problem`: no picture, for a reason that is said; the person may try again. */
export type ScannerState = 'ready' | 'starting' | 'running' | 'problem';

export const words = readTexts<{ scanner: ScannerWords }>().scanner;

export type ScannerView = ReturnType<typeof createScannerView>;

export function createScannerView(panel: HTMLElement) {
  const status = find('#scanner-status', panel);
  const video = find<HTMLVideoElement>('video', panel);
  const openButton = find<HTMLButtonElement>('#scanner-open', panel);
  const torchButton = find<HTMLButtonElement>('#scanner-torch', panel);
  const switchButton = find<HTMLButtonElement>('#scanner-switch', panel);
  const closeButton = find<HTMLButtonElement>('#scanner-close', panel);
  return {
    video,
    openButton,
    torchButton,
    switchButton,
    closeButton,

    show(): void {
      panel.hidden = false;
      find('h2', panel).focus();
    },
    hide(): void {
      panel.hidden = true;
    },

    /** `isBad`: something the person has to do otherwise. The same words are not announced twice. */
    say(text: string, isBad = false): void {
      status.classList.toggle('scan-bad', isBad);
      // Stays in the page when empty: a status that comes and goes is not announced everywhere.
      if (status.textContent !== text) status.textContent = text;
    },
    setState(state: ScannerState, canRetry = true): void {
      panel.dataset.state = state;
      openButton.hidden = state === 'starting' || state === 'running' || !canRetry;
      openButton.textContent = state === 'problem' ? words.again : words.open;
      // Where trying again cannot help, typing is the one thing to do.
      closeButton.classList.toggle('button-main', !canRetry);
      closeButton.classList.toggle('button-wide', !canRetry);
      closeButton.classList.toggle('button-quiet', canRetry);
      if (state === 'running') return;
      torchButton.hidden = true;
      switchButton.hidden = true;
    },
    setTools({ hasTorch, hasOthers }: { hasTorch: boolean; hasOthers: boolean }): void {
      torchButton.hidden = !hasTorch;
      switchButton.hidden = !hasOthers;
      torchButton.setAttribute('aria-pressed', 'false');
    },

    /** The square in the finder, as pixels; null while there is no picture yet. */
    picture: createPictureTaker(video),
  };
}

/** Larger pictures cost time and read no better. */
const maxPictureSide = 720;

function createPictureTaker(video: HTMLVideoElement): () => ImageData | null {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return () => {
    const { videoWidth, videoHeight } = video;
    const side = Math.min(videoWidth, videoHeight);
    if (!context || side === 0) return null;
    const size = Math.min(side, maxPictureSide);
    canvas.width = size;
    canvas.height = size;
    context.drawImage(video, (videoWidth - side) / 2, (videoHeight - side) / 2, side, side, 0, 0, size, size);
    return context.getImageData(0, 0, size, size);
  };
}
