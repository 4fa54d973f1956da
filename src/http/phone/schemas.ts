// Shapes that several operations of the phone API share.
import { z } from 'zod';

/** Unit of every `…_at` of this API. */
export const instant = z.int().describe('Epoch seconds.');

/** The token that a claim hands out: 256 bits, good for this ticket on this device. */
export const approvalToken = z.string().min(1).max(128);

/** Names of scopes. */
export const scopeNames = z.array(z.string().min(1).max(64)).max(32);
