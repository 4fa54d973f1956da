// A screen without a keyboard, at `/tv`: shows a QR code and is signed in by a phone (RFC 8628). The Tea House polls; the page only asks
// it what it knows. With openid-client and nothing of our own.
import type { ServerResponse } from 'node:http';
import * as client from 'openid-client';
import { nameOf, send } from './tea-house-pages.ts';
import { type TvCodes, type TvState, tvPage, tvScript } from './tea-house-tv-pages.ts';

export type Tv = { state: TvState; asking: AbortController };

/** One for every browser that comes. */
export const newTv = (): Tv => ({ state: { kind: 'off' }, asking: new AbortController() });

export type TvVisit = {
  readonly tv: Tv;
  readonly method: string;
  readonly path: string;
  readonly res: ServerResponse;
  readonly configuration: () => Promise<client.Configuration>;
};

/** @returns false for what is no address of the TV's */
export async function answerTv({ tv, method, path, res, configuration }: TvVisit): Promise<boolean> {
  switch (`${method} ${path}`) {
    case 'GET /tv':
      if (tv.state.kind === 'off') await showNewCode(tv, configuration);
      send(res, 200, await tvPage(tv.state));
      return true;
    // One press of Enter.
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

/** Polls as politely as it is told to, until somebody decided or nobody did. */
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

const codesOf = (codes: client.DeviceAuthorizationResponse): TvCodes => ({
  userCode: codes.user_code,
  verificationUri: codes.verification_uri,
  verificationUriComplete: codes.verification_uri_complete ?? codes.verification_uri,
  expiresAtMs: Date.now() + codes.expires_in * 1000,
});

function failed(error: unknown): TvState {
  if (error instanceof client.ResponseBodyError)
    return { kind: 'failed', reason: `${error.error}${error.error_description ? `: ${error.error_description}` : ''}` };
  return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
}
