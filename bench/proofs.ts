// Measures how proofs affect others: approvals by phone while 200 people wait for a password check
// (argon2), and the processor time of an approval by passkey beside one by tap.
import { setTimeout } from 'node:timers/promises';
import { compareCosts } from './costs.ts';
import { overStream, samples } from './latency.ts';
import { type Served, startTessera } from './processes.ts';
import { type Phone, signedInPhone } from './sign-ins.ts';
import { createSocketClient } from './socket-client.ts';
import { printTable } from './table.ts';

const waiting = 200;
const env = { TESSERA_HTTP_TRUSTED_PROXIES: '127.0.0.1', TESSERA_PASSWORD_ARGON2_QUEUE: String(waiting) };

/**
 * People who type a wrong password. Each has its own name and address, so that no limit answers before the
 * hash.
 */
function startPasswords({ port, issuer }: Served, howMany: number) {
  const statuses = new Map<number, number>();
  let isStopped = false;
  let person = 0;
  const run = async (): Promise<void> => {
    const client = createSocketClient(port);
    while (!isStopped) {
      const number = person++;
      const body = new URLSearchParams({
        username: `nobody-${number}`,
        // Each its own password: the same one tried with many names would be refused without a hash.
        password: `not the right password ${number}`,
        return_to: '/q',
      });
      const headers = {
        origin: issuer,
        'content-type': 'application/x-www-form-urlencoded',
        'x-forwarded-for': `203.0.${(number >> 8) & 255}.${number & 255}`,
      };
      const { status } = await client.request('POST', '/sign-in', headers, body.toString());
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    client.close();
  };
  const runs = Promise.all(Array.from({ length: howMany }, run));
  return {
    statuses,
    async stop(): Promise<void> {
      isStopped = true;
      await runs;
    },
  };
}

/** Takes turns of idle and loaded, so that a noisy moment affects both. */
async function measurePasswords(server: Served, isQuick: boolean) {
  const phone = await signedInPhone(server);
  const [rounds, count] = isQuick ? [1, 20] : [5, 200];
  await samples(server, phone, overStream, isQuick ? 20 : 200);
  const idle: number[] = [];
  const loaded: number[] = [];
  const statuses: Record<string, number> = {};
  for (let round = 0; round < rounds; round++) {
    idle.push((await samples(server, phone, overStream, count)).p95Ms);
    const passwords = startPasswords(server, waiting);
    await setTimeout(500);
    loaded.push((await samples(server, phone, overStream, count)).p95Ms);
    await passwords.stop();
    for (const [status, times] of passwords.statuses) statuses[status] = (statuses[status] ?? 0) + times;
  }
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { idleP95Ms: mean(idle), loadedP95Ms: mean(loaded), statuses };
}

async function measurePasskeys(server: Served, isQuick: boolean) {
  const [phones, passkeyPhones]: [Phone[], Phone[]] = [[], []];
  for (let i = 0; i < 3; i++) {
    phones.push(await signedInPhone(server));
    passkeyPhones.push(await signedInPhone(server, { withPasskey: true }));
  }
  const byPasskey = { phones: passkeyPhones, change: { acr_values: 'urn:tessera:qr:verified' } };
  const [tapMs, passkeyMs] = await compareCosts(server, [{ phones, change: {} }, byPasskey], isQuick);
  return { tapMs, passkeyMs };
}

export async function measureProofs({ isQuick }: { isQuick: boolean }): Promise<object> {
  const server = await startTessera(env);
  const passwords = await measurePasswords(server, isQuick);
  const passkeys = await measurePasskeys(server, isQuick);
  await server.stop();
  printTable(
    `From sending the approval until the waiting browser knows, 95th percentile, ${waiting} password sign-ins waiting`,
    ['', 'idle', 'with them', 'ratio'],
    [
      [
        'event stream',
        `${passwords.idleP95Ms.toFixed(1)} ms`,
        `${passwords.loadedP95Ms.toFixed(1)} ms`,
        (passwords.loadedP95Ms / passwords.idleP95Ms).toFixed(2),
      ],
    ],
  );
  printTable(
    'Processor time of a sign-in',
    ['', 'tap', 'passkey', 'more'],
    [
      [
        'SQLite',
        `${passkeys.tapMs.toFixed(1)} ms`,
        `${passkeys.passkeyMs.toFixed(1)} ms`,
        `${(passkeys.passkeyMs - passkeys.tapMs).toFixed(1)} ms`,
      ],
    ],
  );
  return { passwords, passkeys };
}
