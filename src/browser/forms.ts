// Sends forms that end the interaction by fetch, and navigates afterwards. A plain form would follow
// redirects, to which the page's `form-action` policy (CSP Level 3 §6.4.1) applies, so a relying party that
// redirects to another origin would be blocked. The forms also work without script.
import { type Problem, request } from './api.ts';
import { departTo, reload } from './departure.ts';
import { say } from './dom.ts';
import { onSubmit } from './handlers.ts';

/**
 * Takes over all forms with `data-enhanced`. A refusal appears inside its form.
 *
 * @param words returns the sentence for a refusal
 * @param onLeave runs just before the page navigates
 */
export function enhanceForms(words: (problem: Problem) => string, onLeave: () => void): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-enhanced]')) {
    onSubmit(form, () => send(form, words, onLeave));
  }
}

async function send(form: HTMLFormElement, words: (problem: Problem) => string, onLeave: () => void): Promise<void> {
  const answer = await request<{ location: string }>('POST', new URL(form.action).pathname, {
    body: new FormData(form),
  });
  if (answer.ok) {
    onLeave();
    return departTo(answer.body.location);
  }
  // The server's page says so, and offers the way back to the app.
  if (answer.problem.code === 'interaction_not_found') return reload();
  say(form.querySelector<HTMLElement>('.wrong') ?? problemLine(form), words(answer.problem));
}

/** Adds the line for a refusal to a form whose template has none. */
function problemLine(form: HTMLFormElement): HTMLElement {
  const line = document.createElement('p');
  line.className = 'wrong';
  line.setAttribute('role', 'alert');
  form.prepend(line);
  return line;
}
