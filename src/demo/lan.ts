// For trying with a real phone: this machine's address on the local network, and a certificate made on the spot. Development only;
// selfsigned is a devDependency.
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

export type Certificate = { readonly key: string; readonly cert: string };

const dayMs = 86_400_000;

/** The first IPv4 address that others can reach, or null. */
export function lanAddress(): string | null {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? null;
}

/** Kept in `folder` and made anew when the address changed or it ends within a day. */
export async function selfMadeCertificate(address: string, folder: string): Promise<Certificate> {
  const kept = await readKept(folder);
  if (kept && isUsable(kept.cert, address)) return kept;
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: 'Tessera on this network' }], {
    keyType: 'ec',
    notAfterDate: new Date(Date.now() + 90 * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: address }] },
    ],
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'key.pem'), made.private, { mode: 0o600 });
  await writeFile(join(folder, 'cert.pem'), made.cert);
  return { key: made.private, cert: made.cert };
}

async function readKept(folder: string): Promise<Certificate | null> {
  try {
    return {
      key: await readFile(join(folder, 'key.pem'), 'utf8'),
      cert: await readFile(join(folder, 'cert.pem'), 'utf8'),
    };
  } catch {
    return null;
  }
}

function isUsable(cert: string, address: string): boolean {
  const certificate = new X509Certificate(cert);
  return certificate.checkIP(address) !== undefined && Date.parse(certificate.validTo) > Date.now() + dayMs;
}
