// `npm run native-app -- sign-in`, then `npm run native-app -- "<link from the QR>"`: the native app of
// native-app.ts at the terminal.
import { parseArgs } from 'node:util';
import { createNativeApp, NativeAppRefusal } from './native-app.ts';

const usage = `npm run native-app -- sign-in
npm run native-app -- "<link from the QR, or the code beside it>" --approve | --deny
  --issuer URL     (http://localhost:3000)
  --client ID      (dev-phone)
  --file PATH      where key and refresh token are kept (data/native-app.json)
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    approve: { type: 'boolean', default: false },
    deny: { type: 'boolean', default: false },
    issuer: { type: 'string', default: 'http://localhost:3000' },
    client: { type: 'string', default: 'dev-phone' },
    file: { type: 'string', default: 'data/native-app.json' },
  },
});

try {
  process.exitCode = await run(positionals[0]);
} catch (error) {
  process.stderr.write(`${error instanceof NativeAppRefusal ? `${error.message} (${error.code})` : error}\n`);
  process.exitCode = 1;
}

async function run(what: string | undefined): Promise<number> {
  if (!what) return say(usage, 1);
  const app = await createNativeApp({
    issuer: values.issuer,
    clientId: values.client,
    file: values.file,
    openBrowser: (address) => say(`Open this in a browser:\n${address}\n`),
  });
  if (what === 'sign-in') {
    await app.signIn();
    return say('Signed in.\n');
  }
  if (!app.isSignedIn()) return say('Sign in first: npm run native-app -- sign-in\n', 1);
  const review = await app.scan(/^https?:\/\//.test(what) ? { qr: what } : { user_code: what });
  const { name, redirect_host } = review.context.client;
  say(`Sign in to ${name}? (${redirect_host})\n`);
  if (!values.approve) {
    await app.deny(review);
    return say('Denied. With --approve it is approved.\n');
  }
  const code = await app.approve(review);
  return say(code ? `Approved. Type this code on the other screen: ${code}\n` : 'Approved.\n');
}

function say(text: string, status = 0): number {
  process.stdout.write(text);
  return status;
}
