// For trying Tessera with a real phone: this machine's address on the local network, and a self-made
// certificate for it. Development only, since selfsigned is a devDependency.
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

/** Key and certificate, both PEM. */
export type Certificate = { readonly key: string; readonly cert: string };

/** A certificate is replaced this long before it expires. */
const dayMs = 86_400_000;

/** Returns the first IPv4 address that other machines can reach, or null. */
export function lanAddress(): string | null {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? null;
}

/**
 * Returns the certificate that is kept in `folder`. A new one is made when there is none, when the address
 * has changed, or when it expires within a day.
 */
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

/** Reads the kept certificate; null when a file is missing or unreadable. */
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

/** Returns true when the certificate names this address and is valid for another day. */
function isUsable(cert: string, address: string): boolean {
  const certificate = new X509Certificate(cert);
  return certificate.checkIP(address) !== undefined && Date.parse(certificate.validTo) > Date.now() + dayMs;
}
