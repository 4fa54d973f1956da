// The form of a client in the console. The server checks addresses while they are typed, with the same
// messages as on saving, and the preview of the phone's question follows the input. Without script, both
// happen on saving only.
import type { ShippedMessage } from '../i18n/messages.ts';
import { request } from './api.ts';
import { find } from './dom.ts';
import { later, listen } from './handlers.ts';
import { fill, strong } from './messages.ts';
import { parseUrl } from './url.ts';

/** One entry of the check. `value`: the address that has the problem. */
type Problem = { readonly message: string; readonly value: string };

/** A field is checked when nothing was typed for this long. */
const checkDelayMs = 400;

/** Starts the checks and the preview. Does nothing on pages without the form. */
export function startClientForm(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-client]');
  if (!form) return;
  for (const field of form.querySelectorAll<Field>('[data-check]')) watch(form, field);
  listen(form, 'change', () => markKind(form));
  markKind(form);
  const preview = document.querySelector<HTMLElement>('[data-preview]');
  if (!preview) return;
  listen(form, 'input', () => draw(form, preview));
  draw(form, preview);
}

/** Names the chosen kind on the form of a new app. The style sheet hides the fields of other kinds. */
function markKind(form: HTMLFormElement): void {
  const kind = new FormData(form).get('kind');
  if (kind !== null) form.dataset.chosen = String(kind);
}

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * Checks a field after each pause in typing, and the redirect addresses also when the kind of app changes.
 */
function watch(form: HTMLFormElement, field: Field): void {
  let timer = 0;
  let asked = 0;
  const ask = async () => {
    asked += 1;
    const mine = asked;
    const problems = await check(field, isNative(form));
    // A newer check is pending, or the server could not be reached. Saving checks again.
    if (problems && mine === asked) show(field, problems);
  };
  const askSoon = () => {
    clearTimeout(timer);
    timer = later(checkDelayMs, ask);
  };
  listen(field, 'input', askSoon);
  if (field.name === 'redirect_uris')
    for (const kind of form.querySelectorAll<HTMLElement>('[name="kind"]')) listen(kind, 'change', askSoon);
}

const isNative = (form: HTMLFormElement): boolean => (new FormData(form).get('kind') ?? form.dataset.kind) === 'native';

/** Resolves with null when the server cannot be reached. */
async function check(field: Field, isForNative: boolean): Promise<readonly Problem[] | null> {
  const body = new FormData();
  body.set('field', field.name);
  body.set('value', field.value);
  body.set('kind', isForNative ? 'native' : 'web');
  const answer = await request<{ problems: Problem[] }>('POST', '/admin/clients/new/check', { body });
  return answer.ok ? answer.body.problems : null;
}

function show(field: Field, problems: readonly Problem[]): void {
  if (problems.length > 0) field.setAttribute('aria-invalid', 'true');
  else field.removeAttribute('aria-invalid');
  find(`#${field.name}_wrong`).replaceChildren(...problems.map(line));
}

function line({ value, message }: Problem): HTMLElement {
  const [row, code] = [document.createElement('p'), document.createElement('code')];
  code.textContent = value;
  row.append(code, ` ${message}`);
  return row;
}

/** Fills the preview from the current values of the form. */
function draw(form: HTMLFormElement, preview: HTMLElement): void {
  const data = new FormData(form);
  // A read-only form has no fields. The server has drawn its preview.
  if (!data.has('client_name')) return;
  const text = (name: string) => String(data.get(name) ?? '').trim();
  const slot = (name: string) => find(`[data-slot="${name}"]`, preview);
  const client = text('client_name') || (form.dataset.id ?? '');

  const title = slot('title');
  title.replaceChildren(...strong(messageOf<{ client: string }>(title), { client }));
  const letter = preview.querySelector('[data-slot="letter"]');
  if (letter) letter.textContent = [...client][0] ?? '';
  const host = hostOf(text('redirect_uris').split(/\s+/)[0] ?? '');
  slot('host').textContent = slot('host').dataset.text
    ? fill(messageOf<{ host: string }>(slot('host')), { host })
    : host;
  slot('scopes-title').textContent = fill(messageOf<{ client: string }>(slot('scopes-title')), { client });
  const ticked = form.querySelectorAll<HTMLInputElement>('[data-words]:checked');
  slot('scopes').replaceChildren(...[...ticked].map(({ dataset }) => item(dataset.words ?? '')));

  const isOn = text('qr_sign_in') !== 'off';
  slot('off').hidden = isOn;
  slot('phone').hidden = !isOn;
  slot('trust').hidden = text('qr_trust_browser') === 'never';
  slot('passkey').hidden = text('qr_user_verification') !== 'required';
  slot('scanner').hidden = text('qr_scanner') !== 'in_app';
  slot('policy').hidden = text('policy_uri') === '';
  slot('terms').hidden = text('tos_uri') === '';
  const code = slot('code');
  const words = code.dataset[text('qr_confirmation')];
  code.hidden = words === undefined;
  code.textContent = words ?? '';
}

/** The host as the server derives it. The address of a native app has a scheme of its own and no host. */
function hostOf(uri: string): string {
  const url = parseUrl(uri);
  return url ? url.host || url.protocol.slice(0, -1) : '';
}

/** The message in `data-text`, which the server wrote on the element that it fills. */
const messageOf = <Values>({ dataset }: HTMLElement): ShippedMessage<Values> =>
  JSON.parse(dataset.text ?? '[]') as ShippedMessage<Values>;

function item(text: string): HTMLLIElement {
  const entry = document.createElement('li');
  entry.textContent = text;
  return entry;
}
