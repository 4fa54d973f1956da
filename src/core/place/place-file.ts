// The port through which a place database is read. src/outbound/place-file.ts implements it for files in the
// MaxMind DB format; tests may implement it in memory.

/** State of the file at a configured path. `missing` also means that it cannot be read. */
export type PlaceFileState = 'good' | 'missing' | 'damaged';

/** What the last look found at the path. Unless `state` is `good`, an older edition may still be in use. */
export type PlaceFileReport = { readonly path: string; readonly state: PlaceFileState; readonly reason: string | null };

export type PlaceFile = {
  readonly report: () => PlaceFileReport;
  /** Reads the file again if it has changed since the last look. Never rejects. */
  readonly look: () => Promise<void>;
  /** Returns the record of a globally routable address, or null when the database has none. Never throws. */
  readonly find: (address: string) => unknown;
};

/**
 * Opens a database. Nothing is read before the first `look`. `onChange` is called once per change of state.
 */
export type OpenPlaceFile = (options: {
  readonly path: string;
  readonly onChange: (report: PlaceFileReport) => void;
}) => PlaceFile;
