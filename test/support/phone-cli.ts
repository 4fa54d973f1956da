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
  if (!(await wantsApproval())) {
    await phone.deny(claim, values.report);
    process.stdout.write('Denied.\n');
    return 0;
  }
  const code = await phone.approve(claim);
  if (values.confirm) process.stdout.write(`${code ?? ''}\n`);
  else
    process.stdout.write(
      code ? `Approved. Type this code on the other screen: ${code}\n` : 'Approved. You can put the phone away.\n',
    );
  return 0;
}

async function wantsApproval(): Promise<boolean> {
  if (values.deny) return false;
  if (values.approve || values.confirm) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Approve or Deny? [a/d] ');
  terminal.close();
  return /^a/i.test(answer.trim());
}

function describe({ context, requires }: Claim): string {
  const { client, scopes, browser, place, risk } = context as {
    client: { name: string; redirect_host: string };
    scopes: { description: string }[];
    browser: { name: string; system: string; known: boolean };
    place: { network: string; comparison: string; browser: { name: string | null } | null };
    risk: { level: string; reasons: string[] };
  };
  return [
    '',
    `  Sign in to ${client.name}?   (${client.redirect_host})`,
    '',
    ...scopes.map(({ description }) => `    · ${description}`),
    '',
    `  Browser   ${browser.name} on ${browser.system}, ${browser.known ? 'used before' : 'new to you'}`,
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
