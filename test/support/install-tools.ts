// Before the tests: the programs they drive. On Debian as root what is missing is installed; elsewhere it is named, and the run stops.
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

const tools = [
  { program: 'redis-server', debian: 'redis-server' },
  { program: 'chromium', debian: 'chromium' },
  { program: 'zbarimg', debian: 'zbar-tools' },
  { program: 'curl', debian: 'curl' },
  { program: '/usr/bin/python3', debian: 'python3' },
  // Relying parties that the console has code for.
  { program: '/usr/sbin/apache2', debian: 'apache2-bin' },
  { program: '/usr/lib/apache2/modules/mod_auth_openidc.so', debian: 'libapache2-mod-auth-openidc' },
  { program: '/usr/lib/python3/dist-packages/authlib/__init__.py', debian: 'python3-authlib' },
  { program: '/usr/lib/python3/dist-packages/flask/__init__.py', debian: 'python3-flask' },
  { program: '/usr/lib/python3/dist-packages/requests/__init__.py', debian: 'python3-requests' },
];

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

if (missing().length > 0 && process.getuid?.() === 0 && isThere('apt-get')) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const packages = missing().map(({ debian }) => debian);
  process.stdout.write(`Installing ${packages.join(', ')} …\n`);
  execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

const absent = missing();
if (absent.length > 0) {
  const names = absent.map(({ program, debian }) => `  ${program} (Debian: ${debian})`).join('\n');
  process.stderr.write(`The tests need programs that are not here:\n${names}\n`);
  process.exit(1);
}
