// A screen without a keyboard (RFC 8628), driven by plain requests: it begins a sign-in and polls for its
// tokens.

export const deviceGrantType = 'urn:ietf:params:oauth:grant-type:device_code';

export type BegunScreen = {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
  readonly interval: number;
};
export type TokenAnswer = { readonly status: number; readonly body: Record<string, unknown> };

export type TestScreen = ReturnType<typeof createScreen>;

/** @param headers as its requests carry them */
export function createScreen(issuer: string, clientId: string, headers: Record<string, string> = {}) {
  async function post(path: string, parameters: Record<string, string>): Promise<TokenAnswer> {
    const body = new URLSearchParams({ client_id: clientId, ...parameters });
    const answer = await fetch(`${issuer}${path}`, { method: 'POST', headers, body });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  return {
    post,

    /** @throws Error when refused */
    async begin(parameters: Record<string, string> = { scope: 'openid' }): Promise<BegunScreen> {
      const { status, body } = await post('/device/auth', parameters);
      if (status !== 200) throw new Error(String(body.error));
      return body as BegunScreen;
    },

    poll: (deviceCode: string): Promise<TokenAnswer> =>
      post('/token', { grant_type: deviceGrantType, device_code: deviceCode }),
  };
}
