// Remembers on the phone itself when it first opened a frame, so that the frame does not become stale while
// the person signs in (protocol.md section 2).
import { digest, isSameSecret, type Vault } from '../../crypto.ts';

/** Digest of the frame, epoch seconds, MAC of both. */
const pattern = /^([A-Za-z0-9_-]{43})\.(\d{1,12})\.([A-Za-z0-9_-]{43})$/;

export type OpenedFrames = ReturnType<typeof createOpenedFrames>;

/** Makes and reads the cookie. The MAC binds the instant to this frame. */
export function createOpenedFrames(vault: Vault) {
  const macOf = (frameHash: string, openedAt: number) => vault.mac(`${frameHash}.${openedAt}`, 'opened frame');
  return {
    /** Makes a cookie value that says when this frame was opened. Its MAC makes it impossible to forge. */
    seal(frame: string, openedAt: number): string {
      const frameHash = digest(frame);
      return `${frameHash}.${openedAt}.${macOf(frameHash, openedAt)}`;
    },
    /**
     * Reads a cookie value.
     * @returns epoch seconds; null when the value is forged or about another frame
     */
    open(value: string | null, frame: string): number | null {
      const [, frameHash = '', openedAt = '', mac = ''] = pattern.exec(value ?? '') ?? [];
      if (frameHash !== digest(frame) || !isSameSecret(mac, macOf(frameHash, Number(openedAt)))) return null;
      return Number(openedAt);
    },
  };
}
