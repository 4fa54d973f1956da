// Answers "where is this address" from all configured databases. The files are checked at start and then
// every minute, so a new edition needs no restart. Reading files is left to outbound/place-file.ts.

import type { Place, PlaceOf } from './place.ts';
import type { OpenPlaceFile, PlaceFileReport } from './place-file.ts';
import { placeFrom } from './place-record.ts';
import { isGloballyRoutable, plainAddress } from './public-address.ts';

export type PlacesDeps = {
  /** Files in the MaxMind DB format. When several have a value, the first one counts. */
  readonly paths: readonly string[];
  readonly openFile: OpenPlaceFile;
  /** Numbers of autonomous systems that count as data centres. */
  readonly hostingNetworks: readonly number[];
  /** Called when a file becomes missing or damaged. */
  readonly onProblem: (report: PlaceFileReport) => void;
};

export type Places = ReturnType<typeof createPlaces>;

const everyMs = 60_000;

export function createPlaces({ paths, openFile, hostingNetworks, onProblem }: PlacesDeps) {
  const hosting = new Set(hostingNetworks);
  const isHosting = (asn: number): boolean => hosting.has(asn);
  const onChange = (report: PlaceFileReport): void => {
    if (report.state !== 'good') onProblem(report);
  };
  const files = paths.map((path) => openFile({ path, onChange }));
  let timer: NodeJS.Timeout | undefined;

  /** Reads the files that have changed since the last look. */
  async function look(): Promise<void> {
    // One file at a time, because each may have a hundred megabytes.
    for (const file of files) await file.look();
  }

  const placeOf: PlaceOf = (text): Place | null => {
    const address = plainAddress(text);
    if (files.length === 0 || !isGloballyRoutable(address)) return null;
    return placeFrom(
      files.map((file) => file.find(address)),
      isHosting,
    );
  };

  return {
    placeOf,
    look,
    /** The files that are missing or damaged now. */
    problems: (): PlaceFileReport[] => files.map((file) => file.report()).filter(({ state }) => state !== 'good'),
    /** Resolves after every file was checked. Bad files do not stop sign-ins. */
    async start(): Promise<void> {
      if (files.length === 0) return;
      await look();
      timer = setInterval(() => void look(), everyMs).unref();
    },
    stop: (): void => clearInterval(timer),
  };
}
