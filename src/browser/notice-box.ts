// One message about the page itself, above everything else in it: something failed, or takes unusually long.
// A refusal of one form or question appears beside it instead.

let box: HTMLElement | null = null;

/**
 * Shows a message and one link, in place of the message before.
 *
 * @param action null: there is nothing to press
 */
export function showNotice(text: string, action: { readonly label: string; readonly href: string } | null): void {
  hideNotice();
  box = document.createElement('div');
  box.className = 'wrong page-notice';
  box.setAttribute('role', 'alert');
  const words = document.createElement('p');
  words.textContent = text;
  box.append(words);
  if (action) box.append(linkTo(action));
  (document.querySelector('main') ?? document.body).prepend(box);
  box.scrollIntoView({ block: 'nearest' });
}

export function hideNotice(): void {
  box?.remove();
  box = null;
}

function linkTo({ label, href }: { readonly label: string; readonly href: string }): HTMLAnchorElement {
  const link = document.createElement('a');
  Object.assign(link, { className: 'button button-plain button-small', href, textContent: label });
  return link;
}
