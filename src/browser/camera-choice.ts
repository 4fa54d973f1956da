// Remembers on this device which camera the person has chosen for scanning. A browser without storage asks
// for the default camera each time.

const key = 'tessera.camera';

/** The id of the chosen camera (Media Capture §9.2), or null when the person has chosen none. */
export function chosenCamera(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function chooseCamera(deviceId: string): void {
  try {
    localStorage.setItem(key, deviceId);
  } catch {
    // The storage is full or disabled. The choice lasts until the page is left.
  }
}
