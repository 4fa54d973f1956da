// All configured databases as one answer to "where is this address". Looks at the files at start and then every minute: no restart for a new edition.

import type { Place, PlaceOf } from './place.ts';
import type { OpenPlaceFile, PlaceFileReport } from './place-file.ts';
import { placeFrom } from './place-record.ts';
import { isGloballyRoutable, plainAddress } from './public-address.ts';

export type PlacesDeps = {
  /** MaxMind-format files; of two that say something, the first one counts. */
  readonly paths: readonly string[];
  readonly openFile: OpenPlaceFile;
  /** Autonomous systems taken for data centres. */
  readonly hostingNetworks: readonly number[];
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

  /** Reads what has changed since the last look. */
  async function look(): Promise<void> {
    // One after the other: each may be a hundred megabytes.
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
    /** What is wrong with the files at this moment. */
    problems: (): PlaceFileReport[] => files.map((file) => file.report()).filter(({ state }) => state !== 'good'),
    /** Resolves once every file was looked at; sign-ins go on without those that are no good. */
    async start(): Promise<void> {
      if (files.length === 0) return;
      await look();
      timer = setInterval(() => void look(), everyMs).unref();
    },
    stop: (): void => clearInterval(timer),
  };
}
