// Validates addresses while they are typed, by the same rules as saving, so the sentences are the same
// (security.md E4).
import { problemsIn } from '../../../core/client/client-entry.ts';
import { readForm } from '../../kit/body.ts';
import { HttpError } from '../../kit/refusals.ts';
import type { ConsoleHandler } from '../console.ts';

const lists = ['redirect_uris', 'post_logout_redirect_uris', 'cors_origins'];
const texts = ['client_uri', 'policy_uri', 'tos_uri', 'backchannel_logout_uri', 'sector_identifier_uri', 'jwks_uri'];
/** Fills a required member, and is never shown. */
const someUri = 'https://relying-party.example/';

/**
 * Takes `field`, its `value`, and the `kind` of client. It reads and changes nothing.
 * @throws HttpError `body_invalid` for a field that cannot be checked
 */
export const checkAddresses: ConsoleHandler = async (ctx) => {
  const sent = await readForm(ctx);
  const [field = '', value = ''] = [sent.get('field'), sent.get('value')];
  const isList = lists.includes(field);
  if (!isList && !texts.includes(field)) throw new HttpError('body_invalid', 'field: is none that can be checked.');
  const written = isList ? value.split(/\s+/).filter(Boolean) : value.trim();
  ctx.body = { problems: written.length === 0 ? [] : problemsOf(field, written, sent.get('kind') === 'native') };
};

/** The problems of one field. `value` is the address that each is about. */
function problemsOf(field: string, written: string | readonly string[], isNative: boolean) {
  const application_type = isNative ? 'native' : 'web';
  return problemsIn({ application_type, redirect_uris: [someUri], [field]: written }).flatMap(({ path, message }) => {
    const [name, index] = path.split('.');
    if (name !== field) return [];
    return [{ path, message, value: Array.isArray(written) ? String(written[Number(index)]) : String(written) }];
  });
}
