// The demo TV at `/tv`, a screen without a keyboard: it shows a QR code and a phone signs it in (RFC 8628).
// The server polls the provider; the page only asks this server. It uses openid-client and no code of
// Tessera.
import type { ServerResponse } from 'node:http';
import * as client from 'openid-client';
import { nameOf, send } from './tea-house-pages.ts';
import { type TvCodes, type TvState, tvPage, tvScript } from './tea-house-tv-pages.ts';

/** The TV of one visitor. `asking` aborts the poll that is running. */
export type Tv = { state: TvState; asking: AbortController };

/** Returns a TV that is switched off. Every visitor gets one. */
export const newTv = (): Tv => ({ state: { kind: 'off' }, asking: new AbortController() });

/** One request of a visitor. `configuration` finds the provider at the first use. */
export type TvVisit = {
  readonly tv: Tv;
  readonly method: string;
  readonly path: string;
  readonly res: ServerResponse;
  readonly configuration: () => Promise<client.Configuration>;
};

/** Answers the requests of the TV. Returns false for a path that is not one of its own. */
export async function answerTv({ tv, method, path, res, configuration }: TvVisit): Promise<boolean> {
  switch (`${method} ${path}`) {
    case 'GET /tv':
      if (tv.state.kind === 'off') await showNewCode(tv, configuration);
      send(res, 200, await tvPage(tv.state));
      return true;
    // Enter on the remote control.
    case 'POST /tv':
      await showNewCode(tv, configuration);
      res.writeHead(303, { Location: '/tv' }).end();
      return true;
    case 'GET /tv/state':
      res.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      res.end(JSON.stringify({ state: tv.state.kind }));
      return true;
    case 'GET /tv.js':
      res.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'no-store' });
      res.end(tvScript);
      return true;
    default:
      return false;
  }
}

/** Stops the running poll, gets a new code and polls for it in the background. Never rejects. */
async function showNewCode(tv: Tv, configuration: () => Promise<client.Configuration>): Promise<void> {
  tv.asking.abort();
  const asking = new AbortController();
  tv.asking = asking;
  try {
    const server = await configuration();
    const codes = await client.initiateDeviceAuthorization(server, { scope: 'openid profile' });
    tv.state = { kind: 'waiting', codes: codesOf(codes) };
    void wait(server, codes, asking.signal).then((state) => {
      if (tv.asking === asking) tv.state = state;
    });
  } catch (error) {
    tv.state = failed(error);
  }
}

/**
 * Polls at the interval of the provider (RFC 8628 §3.5) until somebody has decided or the code has expired.
 */
async function wait(
  server: client.Configuration,
  codes: client.DeviceAuthorizationResponse,
  asking: AbortSignal,
): Promise<TvState> {
  const end = AbortSignal.timeout(codes.expires_in * 1000);
  const signal = AbortSignal.any([asking, end]);
  try {
    const tokens = await client.pollDeviceAuthorizationGrant(server, codes, undefined, { signal });
    const sub = tokens.claims()?.sub ?? client.skipSubjectCheck;
    const userinfo = await client.fetchUserInfo(server, tokens.access_token, sub);
    return { kind: 'signed_in', name: nameOf({ claims: {}, userinfo }) };
  } catch (error) {
    const code = error instanceof client.ResponseBodyError ? error.error : '';
    if (code === 'access_denied') return { kind: 'denied' };
    return code === 'expired_token' || end.aborted ? { kind: 'expired' } : failed(error);
  }
}

/** Picks what the page shows from the device authorization response. */
const codesOf = (codes: client.DeviceAuthorizationResponse): TvCodes => ({
  userCode: codes.user_code,
  verificationUri: codes.verification_uri,
  verificationUriComplete: codes.verification_uri_complete ?? codes.verification_uri,
  expiresAtMs: Date.now() + codes.expires_in * 1000,
});

/** Returns the state for an error, with the OAuth error code where there is one. */
function failed(error: unknown): TvState {
  if (error instanceof client.ResponseBodyError)
    return { kind: 'failed', reason: `${error.error}${error.error_description ? `: ${error.error_description}` : ''}` };
  return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
}
