// Before the tests: the programs they drive. On Debian as root what is missing is installed; elsewhere it
// is named, and the run stops. Its argument names a further set of tests, such as `clients` or `engines`.
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** `only` names the one set of tests that needs it; without it, every set does. */
type Tool = {
  readonly program: string;
  readonly debian: string;
  readonly isNeeded?: false;
  readonly only?: 'clients' | 'engines';
};

const allTools: readonly Tool[] = [
  { program: 'redis-server', debian: 'redis-server' },
  { program: 'chromium', debian: 'chromium' },
  // Without it the whole of Chromium does the same, in twice the time.
  { program: 'chromium-headless-shell', debian: 'chromium-headless-shell', isNeeded: false },
  { program: 'zbarimg', debian: 'zbar-tools' },
  { program: 'curl', debian: 'curl' },
  { program: '/usr/bin/python3', debian: 'python3' },
  // Relying parties that the console has code for.
  { program: '/usr/sbin/apache2', debian: 'apache2-bin' },
  { program: '/usr/lib/apache2/modules/mod_auth_openidc.so', debian: 'libapache2-mod-auth-openidc' },
  { program: '/usr/lib/python3/dist-packages/authlib/__init__.py', debian: 'python3-authlib' },
  { program: '/usr/lib/python3/dist-packages/flask/__init__.py', debian: 'python3-flask' },
  { program: '/usr/lib/python3/dist-packages/requests/__init__.py', debian: 'python3-requests' },
  { program: 'firefox-esr', debian: 'firefox-esr', only: 'engines' },
  { program: 'WebKitWebDriver', debian: 'webkit2gtk-driver', only: 'engines' },
  { program: 'Xvfb', debian: 'xvfb', only: 'engines' },
  // It takes the pictures of WebKit's windows.
  { program: 'import', debian: 'imagemagick', only: 'engines' },
  { program: 'oidc-agent', debian: 'oidc-agent-cli', only: 'clients' },
];
const tools = allTools.filter(({ only }) => only === undefined || only === process.argv[2]);

const patienceMs = 900_000;
const shortPatienceMs = 120_000;

/** A program on the path, or a file by its whole path. */
const isThere = (program: string): boolean =>
  isAbsolute(program)
    ? isAccessible(program, constants.R_OK)
    : (process.env.PATH ?? '').split(delimiter).some((folder) => isAccessible(join(folder, program), constants.X_OK));

function isAccessible(path: string, how: number): boolean {
  try {
    accessSync(path, how);
    return true;
  } catch {
    return false;
  }
}

const missing = () => tools.filter(({ program }) => !isThere(program));
const needed = () => missing().filter(({ isNeeded }) => isNeeded !== false);
const optional = () => missing().filter(({ isNeeded }) => isNeeded === false);

function install(wanted: readonly Tool[], timeout: number): void {
  if (wanted.length === 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const packages = wanted.map(({ debian }) => debian);
  process.stdout.write(`Installing ${packages.join(', ')} …\n`);
  execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore', timeout });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout,
  });
}

if (process.getuid?.() === 0 && isThere('apt-get')) {
  install(needed(), patienceMs);
  try {
    install(optional(), shortPatienceMs);
  } catch {
    process.stdout.write('It cannot be had here, and the tests go without it.\n');
  }
}

const absent = needed();
if (absent.length > 0) {
  const names = absent.map(({ program, debian }) => `  ${program} (Debian: ${debian})`).join('\n');
  process.stderr.write(`The tests need programs that are not here:\n${names}\n`);
  process.exit(1);
}
