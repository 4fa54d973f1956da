// Before the tests: the programs they drive. On Debian as root what is missing is installed; elsewhere it is named, and the run stops.
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const tools = [
  { program: 'redis-server', debian: 'redis-server' },
  { program: 'chromium', debian: 'chromium' },
  { program: 'zbarimg', debian: 'zbar-tools' },
];

const isThere = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)));

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
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
