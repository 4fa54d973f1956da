// The console's pages: a copy button beside every value meant for another program. Everything works without script; this saves typing.
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
    // Where the browser keeps the clipboard to itself (plain http), the marked text is the next best thing.
    if (!isCopied) return getSelection()?.selectAllChildren(value);
    button.textContent = copiedWord;
    setTimeout(() => {
      button.textContent = copyWord;
    }, 2000);
  });
  return button;
}
