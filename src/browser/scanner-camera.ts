// The phone's camera: opened only on a person's wish, stopped as soon as it is not looked at. What it sees is judged elsewhere.

export type CameraProblem = 'insecure' | 'refused' | 'absent' | 'busy';

export class CameraError extends Error {
  readonly problem: CameraProblem;

  constructor(problem: CameraProblem, options?: ErrorOptions) {
    super(`camera: ${problem}`, options);
    this.problem = problem;
  }
}

export type Camera = {
  readonly deviceId: string;
  /** Null where the track has no light. Resolves with what it is now. */
  readonly setTorch: ((isOn: boolean) => Promise<boolean>) | null;
  stop(): void;
};

/** Not in TypeScript's DOM types: W3C Image Capture §5 and §7. */
type TorchCapabilities = MediaTrackCapabilities & { readonly torch?: boolean };
type TorchConstraints = MediaTrackConstraintSet & { readonly torch: boolean };

/**
 * Shows the picture in `video`. `deviceId`: a certain camera; null: the one that looks away from the person.
 * `onEnded`: it was unplugged, or the person took the permission back. @throws CameraError
 */
export async function openCamera(
  video: HTMLVideoElement,
  { deviceId, onEnded }: { deviceId: string | null; onEnded: () => void },
): Promise<Camera> {
  const stream = await askFor(deviceId);
  const [track] = stream.getVideoTracks();
  if (!track) throw new CameraError('absent');
  track.addEventListener('ended', onEnded);
  video.srcObject = stream;
  // Refused only while the page is being left or the stream replaced; then nobody looks.
  await video.play().catch(() => {});
  return {
    deviceId: track.getSettings().deviceId ?? '',
    setTorch: torchOf(track),
    stop() {
      track.removeEventListener('ended', onEnded);
      track.stop();
      if (video.srcObject === stream) video.srcObject = null;
    },
  };
}

/** Ids of all cameras; known only once one was allowed. */
export async function listCameras(): Promise<readonly string[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId).map(({ deviceId }) => deviceId);
}

async function askFor(deviceId: string | null): Promise<MediaStream> {
  // Browsers hide the camera from pages without TLS, other than on localhost.
  if (!window.isSecureContext) throw new CameraError('insecure');
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraError('absent');
  const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: 'environment' } };
  const video = { ...which, width: { ideal: 1280 }, height: { ideal: 720 } };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video });
  } catch (cause) {
    throw new CameraError(problemOf(cause), { cause });
  }
}

/** W3C Media Capture §10.2. */
function problemOf(cause: unknown): CameraProblem {
  const name = cause instanceof DOMException ? cause.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'absent' : 'busy';
}

function torchOf(track: MediaStreamTrack): Camera['setTorch'] {
  const capabilities: TorchCapabilities = track.getCapabilities?.() ?? {};
  if (!capabilities.torch) return null;
  let isLit = false;
  return async (isOn) => {
    const torch: TorchConstraints = { torch: isOn };
    await track.applyConstraints({ advanced: [torch] }).then(
      () => {
        isLit = isOn;
      },
      () => {},
    );
    return isLit;
  };
}
