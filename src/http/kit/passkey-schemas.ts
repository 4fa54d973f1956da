// The JSON that browsers send for a WebAuthn ceremony (WebAuthn Level 3 §5.1.8: RegistrationResponseJSON,
// AuthenticationResponseJSON), limited in size.
// Unknown members are accepted and dropped, since browsers add members from time to time.
import { z } from 'zod';

const bytes = (length: number) =>
  z
    .string()
    .max(length)
    .regex(/^[A-Za-z0-9_-]*$/, 'must be base64url');
const credentialId = bytes(1400).min(1);
const attachment = z.enum(['platform', 'cross-platform']).exactOptional();
const none = z
  .unknown()
  .optional()
  .transform(() => ({}));

export const assertionSchema = z
  .object({
    id: credentialId,
    rawId: credentialId,
    type: z.literal('public-key'),
    authenticatorAttachment: attachment,
    clientExtensionResults: none,
    response: z.object({
      clientDataJSON: bytes(8192),
      authenticatorData: bytes(8192),
      signature: bytes(8192),
      userHandle: bytes(128).exactOptional(),
    }),
  })
  .meta({ description: 'AuthenticationResponseJSON of WebAuthn Level 3.' });

const creationSchema = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  authenticatorAttachment: attachment,
  clientExtensionResults: none,
  response: z.object({
    clientDataJSON: bytes(8192),
    attestationObject: bytes(32_768),
    transports: z.array(z.string().max(32)).max(8).exactOptional(),
  }),
});

/** A sign-in by passkey. Without `passkey` the answer is the options to ask the authenticator with. */
export const passkeySignInBody = z.strictObject({ passkey: assertionSchema.optional() });
export const phonePasskeyBody = z.strictObject({
  passkey: assertionSchema.optional(),
  return_to: z.string().max(256).optional(),
});
export const createPasskeyBody = z.strictObject({
  passkey: creationSchema.optional(),
  name: z.string().max(512).optional(),
});
export const renamePasskeyBody = z.strictObject({ name: z.string().max(512) });
