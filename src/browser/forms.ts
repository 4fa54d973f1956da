// Forms whose answer is another place to be: sent by fetch, then the script navigates. A plain form would be redirected, and the page's
// form-action policy follows redirects, so a relying party that forwards elsewhere would be cut off. Without script it still works.
import { type Problem, request } from './api.ts';
import { find, say } from './dom.ts';

/** `onLeave` runs just before navigating; a refusal is said in the form itself. */
export function enhanceForms(words: (problem: Problem) => string, onLeave: () => void): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-enhanced]')) {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void send(form, words, onLeave);
    });
  }
}

async function send(form: HTMLFormElement, words: (problem: Problem) => string, onLeave: () => void): Promise<void> {
  const button = find<HTMLButtonElement>('button[type=submit]', form);
  if (button.disabled) return;
  button.disabled = true;
  const answer = await request<{ location: string }>('POST', new URL(form.action).pathname, {
    body: new FormData(form),
  });
  if (answer.ok) {
    onLeave();
    return location.assign(answer.body.location);
  }
  button.disabled = false;
  say(form.querySelector<HTMLElement>('.wrong') ?? problemLine(form), words(answer.problem));
}

function problemLine(form: HTMLFormElement): HTMLElement {
  const line = document.createElement('p');
  line.className = 'wrong';
  line.setAttribute('role', 'alert');
  form.prepend(line);
  return line;
}
