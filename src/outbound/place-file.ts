// One MaxMind DB file (format 2.0), held in memory and followed on disk. A replaced file is read again.
// While a file is missing, half-written or damaged, the last good edition stays in use.
import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Reader, type Response } from 'mmdb-lib';
import type { OpenPlaceFile, PlaceFileReport, PlaceFileState } from '../core/place/place-file.ts';

/** Begins the metadata section. */
const marker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
/** The metadata is within the last 128 KiB of the file. */
const metadataBytes = 128 * 1024;
/** A larger file is rejected, because it is held in memory. */
const maxBytes = 2 ** 30;
/** Zero bytes between the search tree and the data. */
const separatorBytes = 16;

export const openPlaceFile: OpenPlaceFile = ({ path, onChange }) => {
  let reader: Reader<Response> | null = null;
  let seen: string | null = null;
  let report: PlaceFileReport = { path, state: 'missing', reason: null };

  function tell(state: PlaceFileState, reason: string | null): void {
    report = { path, state, reason };
    onChange(report);
  }

  /** Reads the file if its fingerprint has changed. @throws Error when the file is missing or not readable */
  async function read(): Promise<void> {
    const before = await stat(path);
    if (fingerprint(before) === seen) return;
    try {
      if (!before.isFile()) throw new Error('it is no file');
      if (before.size > maxBytes) throw new Error('it is larger than a gigabyte');
      const opened = openReader(await readFile(path));
      // The file changed while it was read, so its bytes may be a mixture. The next look reads it again.
      if (fingerprint(await stat(path)) !== fingerprint(before)) return;
      reader = opened;
      seen = fingerprint(before);
      tell('good', null);
    } catch (error) {
      if (isMissing(error)) throw error;
      seen = fingerprint(before);
      tell('damaged', reasonOf(error));
    }
  }

  return {
    report: (): PlaceFileReport => report,

    /** Called at start and then every minute. */
    async look(): Promise<void> {
      await read().catch((error: unknown) => {
        const reason = reasonOf(error);
        const key = `missing: ${reason}`;
        if (seen === key) return;
        seen = key;
        tell('missing', reason);
      });
    },

    /** Returns the record as the file has it; core/place/place-record.ts interprets it. */
    find(address: string): unknown {
      if (!reader || (reader.metadata.ipVersion === 4 && address.includes(':'))) return null;
      try {
        return reader.get(address);
      } catch {
        return null;
      }
    },
  };
};

/** Differs after a rename, a change of length, and a rewrite of the same length. */
const fingerprint = ({ ino, size, mtimeMs }: Stats): string => `${ino} ${size} ${mtimeMs}`;

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(String(error.code));

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Opens a database and checks its structure. @throws Error whose message says what is wrong */
function openReader(bytes: Buffer): Reader<Response> {
  const start = bytes.subarray(-metadataBytes).lastIndexOf(marker);
  if (start < 0) throw new Error('it is no MaxMind DB file, or not a whole one');
  const reader = new Reader<Response>(bytes);
  const { searchTreeSize, nodeCount, binaryFormatMajorVersion } = reader.metadata;
  if (binaryFormatMajorVersion !== 2) throw new Error('it is of another version of the format');
  const isWhole = nodeCount > 0 && searchTreeSize + separatorBytes <= bytes.length - marker.length;
  if (!isWhole) throw new Error('its tree does not fit into it');
  const separator = bytes.subarray(searchTreeSize, searchTreeSize + separatorBytes);
  if (separator.some((byte) => byte !== 0)) throw new Error('its tree does not end where it says');
  // Sample look-ups over the whole address space: a badly damaged file fails here and not during a sign-in.
  for (let i = 1; i < 224; i++) reader.get(`${i}.${(i * 37) % 256}.${(i * 101) % 256}.1`);
  return reader;
}
