// An authenticator in code (WebAuthn Level 3 §6): makes ES256 passkeys and answers questions with them,
// rightly, or wrongly in one way. Shares no code with the library that judges it.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

type Options = Record<string, unknown>;
type Credential = { id: string; privateKey: KeyObject; publicKey: KeyObject; userHandle: string; counter: number };

/** What may be wrong with an answer. */
export type Flaw = {
  isUserVerified?: boolean;
  origin?: string;
  rpId?: string;
  challenge?: string;
  type?: string;
  counter?: number;
  userHandle?: string;
  id?: string;
  isSignatureBroken?: boolean;
};

export type VirtualAuthenticator = ReturnType<typeof createVirtualAuthenticator>;

/** @param synced as a password manager's: eligible for backup, and backed up */
export function createVirtualAuthenticator({ origin, synced = false }: { origin: string; synced?: boolean }) {
  const credentials: Credential[] = [];
  const hostname = new URL(origin).hostname;

  function authenticatorData(flaw: Flaw, counter: number, attested: Buffer | null): Buffer {
    const rpIdHash = createHash('sha256')
      .update(flaw.rpId ?? hostname)
      .digest();
    const isVerified = flaw.isUserVerified ?? true;
    // §6.1: user present, user verified, backup eligible, backed up, attested data included.
    const flags = 0x01 | (isVerified ? 0x04 : 0) | (synced ? 0x18 : 0) | (attested ? 0x40 : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([rpIdHash, Buffer.from([flags]), count, attested ?? Buffer.alloc(0)]);
  }

  const clientData = (type: string, options: Options, flaw: Flaw): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: flaw.type ?? type,
        challenge: flaw.challenge ?? options.challenge,
        origin: flaw.origin ?? origin,
        crossOrigin: false,
      }),
    );

  return {
    credentials,

    /** Answers creation options: a RegistrationResponseJSON. */
    create(options: Options, flaw: Flaw = {}) {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const id = flaw.id ?? randomBytes(32).toString('base64url');
      const userHandle = String((options.user as { id: string }).id);
      credentials.push({ id, privateKey, publicKey, userHandle, counter: 0 });
      const rawId = Buffer.from(id, 'base64url');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(rawId.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, rawId, coseKey(publicKey)]);
      const authData = authenticatorData(flaw, 0, attested);
      const attestationObject = cborMap([
        [cborText('fmt'), cborText('none')],
        [cborText('attStmt'), cborMap([])],
        [cborText('authData'), cborBytes(authData)],
      ]);
      return {
        id,
        rawId: id,
        type: 'public-key' as const,
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData('webauthn.create', options, flaw).toString('base64url'),
          attestationObject: attestationObject.toString('base64url'),
          transports: ['internal'],
        },
      };
    },

    /** Answers request options: an AuthenticationResponseJSON. */
    get(options: Options, flaw: Flaw = {}) {
      const allowed = ((options.allowCredentials ?? []) as { id: string }[]).map(({ id }) => id);
      const credential = credentials.find(({ id }) =>
        flaw.id ? id === flaw.id : allowed.length === 0 || allowed.includes(id),
      );
      if (!credential) throw new Error('no credential that fits');
      // Like the passkeys of most phones, one that is synced does not count.
      if (!synced) credential.counter++;
      const authData = authenticatorData(flaw, flaw.counter ?? credential.counter, null);
      const clientDataJSON = clientData('webauthn.get', options, flaw);
      const signed = Buffer.concat([authData, createHash('sha256').update(clientDataJSON).digest()]);
      const signature = sign('sha256', flaw.isSignatureBroken ? Buffer.alloc(8) : signed, credential.privateKey);
      return {
        id: credential.id,
        rawId: credential.id,
        type: 'public-key' as const,
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientDataJSON.toString('base64url'),
          authenticatorData: authData.toString('base64url'),
          signature: signature.toString('base64url'),
          userHandle: flaw.userHandle ?? credential.userHandle,
        },
      };
    },
  };
}

/** RFC 9053 §7.1: EC2, ES256, P-256. */
function coseKey(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return cborMap([
    [cborInteger(1), cborInteger(2)],
    [cborInteger(3), cborInteger(-7)],
    [cborInteger(-1), cborInteger(1)],
    [cborInteger(-2), cborBytes(Buffer.from(x, 'base64url'))],
    [cborInteger(-3), cborBytes(Buffer.from(y, 'base64url'))],
  ]);
}

/** RFC 8949 §3: the head of a data item. */
function cborHead(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 255]);
}
const cborInteger = (value: number): Buffer => (value < 0 ? cborHead(1, -1 - value) : cborHead(0, value));
const cborBytes = (bytes: Buffer): Buffer => Buffer.concat([cborHead(2, bytes.length), bytes]);
const cborText = (text: string): Buffer => Buffer.concat([cborHead(3, text.length), Buffer.from(text)]);
const cborMap = (pairs: [Buffer, Buffer][]): Buffer => Buffer.concat([cborHead(5, pairs.length), ...pairs.flat()]);
