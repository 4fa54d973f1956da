// What each stable error code (protocol.md 8) says to a person, in English: what happened, then what to do.

export const refusals = {
  frame_stale: {
    title: 'This picture of the code is too old',
    message: 'The code on the screen changes all the time. Scan it again, directly from the screen.',
  },
  ticket_not_found: {
    title: 'There is no such code',
    message: 'It may have ended, or a letter may be wrong. Look at the screen and try again.',
  },
  ticket_expired: {
    title: 'This code has expired',
    message: 'Nobody was signed in. Show a new code on the other screen and scan that one.',
  },
  ticket_already_scanned: {
    title: 'Another phone was first',
    message: 'Somebody else has scanned this code. If that was not you, cancel on the screen and start again.',
  },
  ticket_already_decided: {
    title: 'This is already decided',
    message: 'The sign-in has ended. Nothing more can be changed.',
  },
  ticket_not_scanned: { title: 'Not scanned yet', message: 'Scan the code on the screen first.' },
  ticket_not_approved: { title: 'Not approved yet', message: 'Approve the sign-in on your phone first.' },
  ticket_other_device: {
    title: 'Another phone has this code',
    message: 'Only the phone that scanned the code can decide.',
  },
  approval_token_invalid: {
    title: 'This question is no longer open',
    message: 'Scan the code on the screen again.',
  },
  confirmation_code_wrong: { title: 'That is not the code', message: 'That is not the code on your phone.' },
  device_proof_required: {
    title: 'This phone has to sign in again',
    message: 'Its key is missing. Sign in once more and the phone gets a new one.',
  },
  device_proof_invalid: {
    title: 'This phone has to sign in again',
    message: 'Its key is no longer known here. Sign in once more and the phone gets a new one.',
  },
  not_signed_in: { title: 'You are signed out', message: 'Sign in on this phone first.' },
  reauthentication_required: {
    title: 'Confirm that it’s you',
    message: 'This sign-in asks you to prove once more who you are.',
  },
  device_not_found: { title: 'There is no such device', message: 'It may have been signed out already.' },
  user_verification_required: {
    title: 'A passkey is needed',
    message:
      'A tap is not enough for this sign-in: it needs a passkey of yours. Make one on this phone, then come back.',
  },
  blocked_by_risk: {
    title: 'This sign-in was stopped',
    message: 'Too much about it is unusual. Nobody was signed in. If you started it, sign in another way.',
  },
  scanner_required: {
    title: 'Scan this one from in here',
    message:
      'This site takes no links and no typed codes. Did somebody send you this one? Then go no further. If you started it yourself, scan the code on that screen, or start again there.',
  },
  qr_sign_in_off: { title: 'No QR codes here', message: 'This site does not sign in by QR code.' },
  client_switched_off: {
    title: 'This site is switched off',
    message: 'Nobody can sign in to it now, and nobody was signed in.',
  },
  scopes_invalid: { title: 'This cannot be granted', message: 'The site did not ask for that. Start again.' },
  number_required: {
    title: 'Choose the number',
    message: 'Choose the number that the other screen shows.',
  },
  user_code_unconfirmed: {
    title: 'Compare the codes first',
    message: 'Look at the other screen: only if it shows the same code may you approve.',
  },
  number_wrong: {
    title: 'Denied',
    message: 'That is not the number on the other screen, so nobody was signed in.',
  },
  push_endpoint_invalid: {
    title: 'This phone cannot be rung',
    message: 'Its browser named a push service that cannot be used.',
  },
  approval_not_found: { title: 'There is no such sign-in', message: 'It may have ended already.' },
  grant_not_found: { title: 'There is no such access', message: 'It may have been withdrawn already.' },
  recovery_code_wrong: {
    title: 'That did not work',
    message: 'The username or the code is not right, or the code was used before.',
  },
  sign_up_closed: {
    title: 'No new accounts here',
    message: 'Nobody can make an account here by themselves. Ask an administrator for one.',
  },
  passkey_invalid: {
    title: 'This passkey was not accepted',
    message: 'This passkey could not be accepted. Nothing was granted; try again.',
  },
  passkey_not_found: { title: 'There is no such passkey', message: 'It may have been removed already.' },
  passkey_last: {
    title: 'This is your only way to sign in',
    message: 'Without this passkey you could not sign in any more. Make another one first.',
  },
  passkey_taken: { title: 'This passkey is there already', message: 'This passkey belongs to an account already.' },
  passkey_limit: {
    title: 'Too many passkeys',
    message: 'You have as many passkeys as there may be. Remove one first.',
  },
  passkey_name_invalid: { title: 'This needs a name', message: 'Give the passkey a name you will recognise.' },
  device_name_invalid: { title: 'This needs a name', message: 'Give the device a name you will recognise.' },
  picture_too_large: {
    title: 'This picture is too large',
    message: 'A picture has 100 KiB and 1024 × 1024 pixels at most.',
  },
  picture_unsupported: { title: 'Not a kind of picture for this', message: 'Choose a PNG, JPEG or WebP.' },
  picture_broken: { title: 'This picture cannot be read', message: 'It is not whole. Choose another one.' },
  name_not_typed: { title: 'Nothing was deleted', message: 'Type your username exactly, then try again.' },
  username_taken: { title: 'This username is taken', message: 'Choose another one.' },
  username_invalid: { title: 'This username cannot be used', message: 'Choose another one.' },
  password_too_short: {
    title: 'This password is too short',
    message: 'Use at least 15 characters; a few words will do.',
  },
  password_too_long: { title: 'This password is too long', message: 'Choose a shorter one.' },
  password_too_common: {
    title: 'This password is too common',
    message: 'It is among the first that anybody would try. Put a few words together that nobody would expect.',
  },
  password_has_names: {
    title: 'This password is little more than a name',
    message: 'Yours, or this site’s, is tried first. Put a few other words together.',
  },
  password_pattern: {
    title: 'This password follows a pattern',
    message: 'Repetitions, dates and rows of keys are tried first. Put a few words together instead.',
  },
  credentials_wrong: { title: 'That did not work', message: 'The username or the password is not right.' },
  sign_in_delayed: {
    title: 'Please wait a moment',
    message: 'Too many wrong passwords. Wait a little, then try again.',
  },
  account_not_found: { title: 'There is no such account', message: 'It may have been removed.' },
  account_invalid: { title: 'This cannot be saved', message: 'Something in the account’s data is not right.' },
  account_changed: {
    title: 'Somebody was faster',
    message: 'This account was changed meanwhile. Look at it again first.',
  },
  last_administrator: {
    title: 'This is the last administrator',
    message: 'Nobody would be left to run this place. Make somebody else an administrator first.',
  },
  client_id_taken: { title: 'This client id is taken', message: 'Choose another one.' },
  client_not_found: { title: 'This website is not known here', message: 'Go back to it and try again.' },
  client_changed: { title: 'Somebody was faster', message: 'This site was changed meanwhile. Look at it again first.' },
  client_read_only: { title: 'Changed elsewhere', message: 'This site stands in the configuration file.' },
  client_secret_not_found: { title: 'No such secret', message: 'It may have been revoked already.' },
  client_metadata_invalid: { title: 'This cannot be saved', message: 'Something in the website’s data is not right.' },
  link_not_found: {
    title: 'This link does not work any more',
    message: 'It was used, has expired, or was replaced by a newer one. Ask whoever gave it to you for another.',
  },
  account_disabled: { title: 'This account is disabled', message: 'Enable it first, then make the link.' },
  link_invalid: { title: 'Not made', message: 'Something about this invitation is not right.' },
  administrator_exists: { title: 'There is an administrator already', message: 'Ask them to invite you.' },
  notice_not_found: {
    title: 'This link has ended',
    message:
      'Links in notices work for seven days. On your phone you still see every browser and device you signed in, and can end it.',
  },
  mail_off: { title: 'No mail leaves here', message: 'No mail server is set up. Ask an administrator.' },
  mail_invalid: { title: 'Not an address', message: 'This is not one email address. Check it, then try again.' },
  logo_too_large: { title: 'This picture is too large', message: 'A logo has 100 KiB at most.' },
  logo_type_unsupported: { title: 'Not a kind of picture for this', message: 'Choose a PNG, JPEG, WebP or SVG.' },
  logo_type_mismatch: {
    title: 'This picture is not what it says',
    message: 'Its ending and its content differ. Save it anew as PNG, JPEG, WebP or SVG.',
  },
  logo_broken: { title: 'This picture cannot be read', message: 'It is not whole. Save it anew, then try again.' },
  logo_side_too_long: { title: 'This picture is too wide or too high', message: '1024 × 1024 pixels is the most.' },
  logo_unsafe: {
    title: 'This SVG does more than draw',
    message: 'Save it as plain SVG without scripts, links and styles from elsewhere, or as PNG.',
  },
  not_found: { title: 'There is nothing here', message: 'Check the address.' },
  method_not_allowed: {
    title: 'That is not possible here',
    message: 'This address does not take that kind of request.',
  },
  body_invalid: { title: 'That could not be read', message: 'Something in it is missing or not right. Try again.' },
  body_too_large: { title: 'That is too much', message: 'The request is too large.' },
  content_type_unsupported: {
    title: 'That could not be read',
    message: 'The request has a kind that is not taken here.',
  },
  request_target_invalid: { title: 'This address is malformed', message: 'Go back to the website and try again.' },
  role_insufficient: {
    title: 'Not for your role',
    message: 'Your role does not reach this. Ask an administrator.',
  },
  role_missing: {
    title: 'Nothing to administer',
    message: 'This account has no role here. Ask an administrator for one.',
  },
  scope_insufficient: { title: 'Not allowed', message: 'This token does not cover that.' },
  precondition_required: { title: 'Look first', message: 'Say which version you saw.' },
  request_in_progress: { title: 'Already under way', message: 'Ask again in a moment.' },
  registration_token_invalid: { title: 'Not allowed', message: 'This token does not cover that.' },
  registration_token_not_found: {
    title: 'This token is gone',
    message: 'It has ended, or somebody revoked it already.',
  },
  acr_unmet: {
    title: 'This site asks for more',
    message: 'It wants a stronger sign-in than is possible here. Go back to the website.',
  },
  uri_too_long: { title: 'This address is too long', message: 'Go back to the website and try again.' },
  host_unknown: { title: 'This is not the right address', message: 'Open this page at its own address.' },
  cross_site_request: {
    title: 'That came from another website',
    message: 'Nothing was changed. If you meant to do it, do it on this site.',
  },
  interaction_not_found: {
    title: 'This sign-in has ended',
    message: 'Or it belongs to another browser. Go back to the website and sign in again.',
  },
  other_sign_in_off: { title: 'Not in this way', message: 'This site does not sign in in this way.' },
  token_invalid: { title: 'The access token is not valid', message: 'Sign in to the app again.' },
  too_many_streams: { title: 'Open in too many places', message: 'Close this page in your other tabs.' },
  rate_limited: { title: 'Too fast', message: 'Wait a moment, then try again.' },
  busy: { title: 'Very busy right now', message: 'Nothing was lost. Try again in a moment.' },
  temporarily_unavailable: {
    title: 'Not available for a moment',
    message: 'Nothing was granted and nothing was lost. Try again in a moment.',
  },
  internal_error: { title: 'Something went wrong on our side', message: 'Nothing was granted. Try again in a moment.' },
};
