// `npm run phone -- "<link from the QR>"`: a phone in the terminal. Shows what a person would see and asks,
// over the public API with a real device key kept under data/phones.
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { type Claim, createVirtualPhone, PhoneRefusal, type VirtualPhone } from './virtual-phone.ts';

const usage = `npm run phone -- "<link from the QR, or the code beside it>"
  --approve, --deny   decide without asking
  --as bob            the demo account to be (alice)
  --confirm           print the confirmation code only
  --report            with --deny: I did not start this
  --issuer URL        for a typed code (http://localhost:3000)
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    approve: { type: 'boolean', default: false },
    deny: { type: 'boolean', default: false },
    as: { type: 'string', default: 'alice' },
    confirm: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    issuer: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${error instanceof PhoneRefusal ? `${error.message} (${error.code})` : error}\n`);
  process.exitCode = 1;
}

async function run(): Promise<number> {
  const [target] = positionals;
  if (values.help || !target) {
    process.stdout.write(usage);
    return values.help ? 0 : 1;
  }
  const isLink = /^https?:\/\//.test(target);
  const issuer = values.issuer ?? (isLink ? new URL(target).origin : 'http://localhost:3000');
  const phone = createVirtualPhone({ issuer, folder: 'data/phones' });
  const password = process.env.TESSERA_PHONE_PASSWORD ?? `tessera-demo-${values.as}`;
  if (!(await phone.resume(values.as))) await phone.signIn(values.as, password);
  const claim = await phone.scan(isLink ? { qr: target } : { user_code: target });
  if (!values.confirm) process.stdout.write(describe(claim));
  return decide(phone, claim);
}

async function decide(phone: VirtualPhone, claim: Claim): Promise<number> {
  if (!(await wantsApproval(claim))) {
    await phone.deny(claim, values.report);
    process.stdout.write('Denied.\n');
    return 0;
  }
  const isScreen = claim.context.kind === 'device';
  // Whoever decides without being asked has compared the code with the screen before.
  const code = await phone.approve(claim, isScreen ? { user_code_confirmed: true } : {});
  if (values.confirm) process.stdout.write(`${code ?? ''}\n`);
  else
    process.stdout.write(
      code ? `Approved. Type this code on the other screen: ${code}\n` : 'Approved. You can put the phone away.\n',
    );
  return 0;
}

/** Asks the person. The code of a screen is compared first (RFC 8628 §5.4); another code is denied. */
async function wantsApproval({ context }: Claim): Promise<boolean> {
  if (values.deny) return false;
  if (values.approve || values.confirm) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const lines = terminal[Symbol.asyncIterator]();
  const ask = async (question: string, yes: RegExp): Promise<boolean> => {
    process.stdout.write(question);
    return yes.test(String((await lines.next()).value ?? '').trim());
  };
  try {
    const isSame = context.kind !== 'device' || (await ask(`Does the screen show ${context.user_code}? [y/n] `, /^y/i));
    return isSame && (await ask('Approve or Deny? [a/d] ', /^a/i));
  } finally {
    terminal.close();
  }
}

function describe({ account, context, requires }: Claim): string {
  const { kind, user_code, client, scopes, browser, place, risk } = context as {
    kind: 'browser' | 'device';
    user_code: string | null;
    client: { name: string; redirect_host: string | null };
    scopes: { description: string }[];
    browser: { name: string; system: string; known: boolean };
    place: { network: string; comparison: string; browser: { name: string | null } | null };
    risk: { level: string; reasons: string[] };
  };
  const asking =
    kind === 'device'
      ? [`  Screen    ${browser.name}`, `  Code      ${user_code}`]
      : [`  Browser   ${browser.name} on ${browser.system}, ${browser.known ? 'used before' : 'new to you'}`];
  return [
    '',
    `  Sign in to ${client.name}?${client.redirect_host === null ? '' : `   (${client.redirect_host})`}`,
    `  You approve as ${account.name} (${account.username}).`,
    '',
    ...scopes.map(({ description }) => `    · ${description}`),
    '',
    ...asking,
    `  Network   ${place.network} (${place.comparison.replaceAll('_', ' ')})`,
    ...(place.browser?.name ? [`  Place     ${place.browser.name}`] : []),
    `  Risk      ${risk.level}${risk.reasons.length > 0 ? `: ${risk.reasons.join(', ').replaceAll('_', ' ')}` : ''}`,
    ...(requires.length > 0 ? [`  Asks for  ${requires.join(', ').replaceAll('_', ' ')}`] : []),
    '',
    '  Only approve if you started this yourself, on a screen in front of you.',
    '',
    '',
  ].join('\n');
}
