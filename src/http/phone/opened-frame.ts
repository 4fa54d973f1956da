// Remembers on the phone itself when it first opened a frame, so that signing in first does not make the picture stale (protocol.md 2).
import { digest, isSameSecret, type Vault } from '../../crypto.ts';

const pattern = /^([A-Za-z0-9_-]{43})\.(\d{1,12})\.([A-Za-z0-9_-]{43})$/;

export type OpenedFrames = ReturnType<typeof createOpenedFrames>;

export function createOpenedFrames(vault: Vault) {
  const macOf = (frameHash: string, openedAt: number) => vault.mac(`${frameHash}.${openedAt}`, 'opened frame');
  return {
    /** A cookie value that says so, and cannot be made by anybody else. */
    seal(frame: string, openedAt: number): string {
      const frameHash = digest(frame);
      return `${frameHash}.${openedAt}.${macOf(frameHash, openedAt)}`;
    },
    /** The instant, when the value is ours and about this very frame. */
    open(value: string | null, frame: string): number | null {
      const [, frameHash = '', openedAt = '', mac = ''] = pattern.exec(value ?? '') ?? [];
      if (frameHash !== digest(frame) || !isSameSecret(mac, macOf(frameHash, Number(openedAt)))) return null;
      return Number(openedAt);
    },
  };
}
