// The script of the console's pages. It adds a copy button beside every value that another program needs, and
// starts the client form (client-form.ts). All pages work without it.
import { startClientForm } from './client-form.ts';
import { later, listen } from './handlers.ts';
import { reportRunning } from './running.ts';

startClientForm();

const words = document.body.querySelector<HTMLElement>('[data-copy-words]')?.dataset.copyWords?.split('|') ?? [];
const [copyWord = 'Copy', copiedWord = 'Copied'] = words;

/** How long a button says that its value was copied. */
const copiedMs = 2000;

for (const value of document.querySelectorAll<HTMLElement>('[data-copy]')) value.after(copyButton(value));

function copyButton(value: HTMLElement): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button button-quiet button-small';
  button.setAttribute('aria-live', 'polite');
  button.textContent = copyWord;
  listen(button, 'click', async () => {
    const isCopied = await writeToClipboard(value.textContent ?? '').then(
      () => true,
      () => false,
    );
    // Browsers offer no clipboard over plain http. Then the text is selected, so that the person can copy it.
    if (!isCopied) return getSelection()?.selectAllChildren(value);
    button.textContent = copiedWord;
    later(copiedMs, () => {
      button.textContent = copyWord;
    });
  });
  return button;
}

/** @throws TypeError where the browser offers no clipboard */
async function writeToClipboard(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

reportRunning();
