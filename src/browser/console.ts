// The script of the console's pages. It adds a copy button beside every value that another program needs, and
// starts the client form (client-form.ts). All pages work without it.
import { startClientForm } from './client-form.ts';

startClientForm();

const words = document.body.querySelector<HTMLElement>('[data-copy-words]')?.dataset.copyWords?.split('|') ?? [];
const [copyWord = 'Copy', copiedWord = 'Copied'] = words;

for (const value of document.querySelectorAll<HTMLElement>('[data-copy]')) value.after(copyButton(value));

function copyButton(value: HTMLElement): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button button-quiet button-small';
  button.setAttribute('aria-live', 'polite');
  button.textContent = copyWord;
  button.addEventListener('click', async () => {
    const isCopied = await navigator.clipboard.writeText(value.textContent ?? '').then(
      () => true,
      () => false,
    );
    // Browsers offer no clipboard over plain http. Then the text is selected, so that the person can copy it.
    if (!isCopied) return getSelection()?.selectAllChildren(value);
    button.textContent = copiedWord;
    setTimeout(() => {
      button.textContent = copyWord;
    }, 2000);
  });
  return button;
}
