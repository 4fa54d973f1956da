// Hashes passwords in this process, on libuv's thread pool. Commands use it, and the child of the hashing
// process. The server does not: a crowd of passwords would delay its other requests.
import { hash, needsRehash, verify } from 'argon2';
import type { Hashing } from '../core/account/hashing.ts';

export const hashHere: Hashing = { hash, verify, isOutdated: (stored, options) => needsRehash(stored, options) };
