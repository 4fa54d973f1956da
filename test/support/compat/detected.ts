// The features that some of the oldest supported browsers lack and that the pages use all the same. Each
// has a reason: the script asks first, or the page loses nothing that matters. Whatever is not listed here
// must not be used.

/** By feature, as script-features.ts and style-features.ts name it. */
export type Reasons = Readonly<Record<string, string>>;

/** Scripts, by the name of the entry point. `*`: any of them. */
export const detectedInScripts: Readonly<Record<string, Reasons>> = {
  '*': {
    '.authenticatorAttachment': 'Read from a credential and sent when it is there. The server does not need it.',
    '.isConditionalMediationAvailable': 'Of the passkey library, which asks whether it is a function.',
    '.signalUnknownCredential': 'passkey-signals.ts calls it by optional chaining.',
    '.signalAllAcceptedCredentials': 'passkey-signals.ts calls it by optional chaining.',
    '.signalCurrentUserDetails': 'passkey-signals.ts calls it by optional chaining.',
    'document.prerendering': 'visibility.ts asks `in` first. A browser without it does not prerender.',
  },
  passkeys: {
    '.getAuthenticatorData': 'Of the passkey library, which asks whether it is a function. Optional for the server.',
    '.getPublicKey': 'Of the passkey library, which asks whether it is a function. Optional for the server.',
    '.getPublicKeyAlgorithm': 'Of the passkey library, which asks whether it is a function. Optional for the server.',
    '.getTransports': 'Of the passkey library, which asks whether it is a function. Optional for the server.',
  },
  'phone-home': {
    BarcodeDetector: 'scanner-reader.ts asks for it on globalThis. Else our decoder reads.',
    'navigator.permissions': 'Optional chaining. Else the person opens the camera by the button.',
    PushManager: 'ringing.ts asks `in` first and hides its switch.',
    Notification: 'ringing.ts asks `in` first and hides its switch.',
    'Notification.permission': 'Behind the same question of ringing.ts.',
    'Notification.requestPermission': 'Behind the same question of ringing.ts.',
    '.pushManager': 'Behind the same question of ringing.ts.',
  },
  'offline-worker': {
    'event push': 'Never arrives in a browser without push.',
    'event notificationclick': 'Never arrives in a browser without notifications.',
    '.showNotification': 'Runs only after an event of push.',
  },
};

/**
 * Names of our own data, or of a library, that are also names of a new member of some interface. The check
 * sees no types.
 */
export const ownNames: Readonly<Record<string, string>> = {
  '.number': 'Our number matching. `CSS.number` is new.',
  '.displayName': 'Our data about an account.',
  '.when': 'Our `data-when`. `EventTarget.when` is new.',
  '.bytes': 'A field of the decoder. `Blob.bytes` is new.',
  '.ms': 'A field of the decoder. `CSS.ms` is new.',
  '.resize': 'A function of the decoder. `ArrayBuffer.resize` is new.',
};

/** Declarations that a browser ignores when it does not know them. */
export const ignoredInStyles: Reasons = {
  'text-wrap': 'Lines break in other places.',
  'text-wrap: balance': 'Lines break in other places.',
  'text-wrap: pretty': 'Lines break in other places.',
  'user-select': 'Safari has it with a prefix. Selecting by hand works.',
  'user-select: all': 'Safari has it with a prefix. Selecting by hand works.',
  'text-size-adjust': 'Safari has it with a prefix, which stands before it.',
  resize: 'Phones have no handle for resizing a text field.',
  'resize: vertical': 'Phones have no handle for resizing a text field.',
  'cursor: pointer': 'Phones have no pointer.',
  'cursor: default': 'Phones have no pointer.',
  '@media (scripting)': 'Without it the closed password form is shown although the page reloads; it works.',
};
/** Features that need an older declaration of the same property before them. */
export const behindFallback: Reasons = {
  dvh: 'The height of the visible part of the page. `vh` stands before it.',
};
