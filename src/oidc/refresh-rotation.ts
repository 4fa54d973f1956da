// Rotation of refresh tokens (RFC 9700 §4.14.2): which tokens rotate, what replaces them, and the grace for
// two tabs or a lost answer. The adapter asks here whether a consumed token may be presented once more.
import Provider, { type KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../clock.ts';
import { digest, type Vault } from '../crypto.ts';
import type { Artifact, ArtifactStore } from './artifact-store.ts';

/**
 * For this long after its use a token may be presented again, and leads to the same successor. In seconds.
 */
export const refreshGraceSeconds = 10;

const model = 'RefreshToken';

/**
 * Whether the refresh token of this request is replaced at its use: only that of a public client without a
 * sender constraint. Replacing another one protects nothing and loses it with a lost answer (FAPI 2.0
 * §5.3.2.1).
 */
export const mustRotate = ({ oidc }: KoaContextWithOIDC): boolean =>
  oidc.client?.clientAuthMethod === 'none' && oidc.entities.RefreshToken?.isSenderConstrained() !== true;

export type RefreshGrace = ReturnType<typeof createRefreshGrace>;

export type RefreshGraceDeps = {
  readonly artifacts: Pick<ArtifactStore, 'find'>;
  readonly vault: Pick<Vault, 'mac'>;
  readonly clock: Clock;
};

export function createRefreshGrace({ artifacts, vault, clock }: RefreshGraceDeps) {
  /**
   * The token that replaces `token`. Every node derives the same one, and nobody can without the encryption
   * key, so no successor is kept in clear text for a repeat.
   */
  const successorOf = (token: string): string => vault.mac(token, 'refresh token successor');

  /**
   * Whether this record of a refresh token may be used: it was not consumed, or it was within the grace and
   * its successor was not used yet.
   */
  async function isUsable(token: string, { consumedAt }: Artifact): Promise<boolean> {
    if (consumedAt === null) return true;
    if (clock() - consumedAt >= refreshGraceSeconds) return false;
    const successor = await artifacts.find(model, digest(successorOf(token)));
    return (successor?.consumedAt ?? null) === null;
  }

  return {
    isUsable,

    /** Whether a token that another request has consumed may be used once more. */
    async mayRepeat(token: string): Promise<boolean> {
      const found = await artifacts.find(model, digest(token));
      return found !== null && isUsable(token, found);
    },

    /** Gives the library's rotated tokens their derived values. */
    nameSuccessors(provider: Provider): void {
      const prototype = provider.RefreshToken.prototype as unknown as { generateTokenId(): string };
      const { generateTokenId } = prototype;
      prototype.generateTokenId = function name() {
        const rotated = Provider.ctx?.oidc.entities.RotatedRefreshToken;
        return rotated ? successorOf(rotated.jti) : generateTokenId.call(this);
      };
    },
  };
}

/** Whether the record that this request writes replaces another refresh token. */
export const isSuccessor = (written: string): boolean =>
  written === model && Provider.ctx?.oidc.entities.RotatedRefreshToken !== undefined;
