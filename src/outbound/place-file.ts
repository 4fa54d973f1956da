// One MaxMind-format database file, held in memory and followed: replaced while we run, it is read anew; gone, half-written or damaged, the
// last good one goes on being used (MaxMind DB File Format Specification 2.0).
import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Reader, type Response } from 'mmdb-lib';
import type { OpenPlaceFile, PlaceFileReport, PlaceFileState } from '../core/place/place-file.ts';

const marker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
/** The specification: the metadata stands in the last 128 KiB. */
const metadataBytes = 128 * 1024;
const mostBytes = 2 ** 30;
const separatorBytes = 16;

export const openPlaceFile: OpenPlaceFile = ({ path, onChange }) => {
  let reader: Reader<Response> | null = null;
  let seen: string | null = null;
  let report: PlaceFileReport = { path, state: 'missing', reason: null };

  function tell(state: PlaceFileState, reason: string | null): void {
    report = { path, state, reason };
    onChange(report);
  }

  async function read(): Promise<void> {
    const before = await stat(path);
    if (fingerprint(before) === seen) return;
    try {
      if (!before.isFile()) throw new Error('it is no file');
      if (before.size > mostBytes) throw new Error('it is larger than a gigabyte');
      const opened = openReader(await readFile(path));
      // Somebody is still writing it: what was read may be half of each. The next look finds it again.
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

    /** Reads the file if it is another than at the last look. Never throws. */
    async look(): Promise<void> {
      await read().catch((error: unknown) => {
        const reason = reasonOf(error);
        const key = `missing: ${reason}`;
        if (seen === key) return;
        seen = key;
        tell('missing', reason);
      });
    },

    /** The record of a globally routable address; null when there is none, or it cannot be read. */
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

/** Inode, size and time: a rename, a longer text, or the same length written anew. */
const fingerprint = ({ ino, size, mtimeMs }: Stats): string => `${ino} ${size} ${mtimeMs}`;

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(String(error.code));

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** @throws Error with what is wrong, in words */
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
  // A look into every corner: what is damaged throughout shows itself here, and not at somebody's sign-in.
  for (let i = 1; i < 224; i++) reader.get(`${i}.${(i * 37) % 256}.${(i * 101) % 256}.1`);
  return reader;
}
