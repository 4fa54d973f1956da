// A relying party's form in the console: addresses are judged while they are typed, by the server, in the words that saving would use, and
// what the phone will show follows what is typed. Without script the server says and shows the same after saving.
import type { ShippedMessage } from '../i18n/messages.ts';
import { find } from './dom.ts';
import { fill, strong } from './messages.ts';

type Problem = { readonly message: string; readonly value: string };

const patienceMs = 400;

/** Does nothing on pages without such a form. */
export function startClientForm(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-client]');
  if (!form) return;
  for (const field of form.querySelectorAll<Field>('[data-check]')) watch(form, field);
  const preview = document.querySelector<HTMLElement>('[data-preview]');
  if (!preview) return;
  form.addEventListener('input', () => draw(form, preview));
  draw(form, preview);
}

type Field = HTMLInputElement | HTMLTextAreaElement;

function watch(form: HTMLFormElement, field: Field): void {
  let timer = 0;
  let asked = 0;
  const ask = async () => {
    asked += 1;
    const mine = asked;
    const problems = await check(field, isNative(form));
    // A later answer is on its way, or none could be had: then saving will tell.
    if (problems && mine === asked) show(field, problems);
  };
  const later = () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, patienceMs);
  };
  field.addEventListener('input', later);
  if (field.name === 'redirect_uris')
    for (const kind of form.querySelectorAll('[name="kind"]')) kind.addEventListener('change', later);
}

const isNative = (form: HTMLFormElement): boolean => (new FormData(form).get('kind') ?? form.dataset.kind) === 'native';

async function check(field: Field, isForNative: boolean): Promise<readonly Problem[] | null> {
  const body = new URLSearchParams({ field: field.name, value: field.value, kind: isForNative ? 'native' : 'web' });
  try {
    const response = await fetch('/admin/clients/new/check', { method: 'POST', body, redirect: 'error' });
    return response.ok ? ((await response.json()) as { problems: Problem[] }).problems : null;
  } catch {
    return null;
  }
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

function draw(form: HTMLFormElement, preview: HTMLElement): void {
  const data = new FormData(form);
  // A form that may not be changed has no data; it is drawn by the server.
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

/** As the server derives it: a native app's own scheme has no host. */
function hostOf(uri: string): string {
  const { host, protocol } = URL.canParse(uri) ? new URL(uri) : { host: '', protocol: '' };
  return host || protocol.slice(0, -1);
}

/** The message that the server wrote beside the text which it fills. */
const messageOf = <Values>({ dataset }: HTMLElement): ShippedMessage<Values> =>
  JSON.parse(dataset.text ?? '[]') as ShippedMessage<Values>;

function item(text: string): HTMLLIElement {
  const entry = document.createElement('li');
  entry.textContent = text;
  return entry;
}
