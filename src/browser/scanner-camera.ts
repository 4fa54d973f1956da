// Opens and stops the phone's camera (W3C Media Capture and Streams). scanner.ts decides when, and
// scanner-reader.ts reads the picture.
import { nameOf } from './dom.ts';
import { listen } from './handlers.ts';

/**
 * Why there is no picture. `insecure`: the page has no TLS; `refused`: the person or a policy said no;
 * `absent`: there is no camera; `busy`: anything else, mostly another program that uses the camera.
 */
export type CameraProblem = 'insecure' | 'refused' | 'absent' | 'busy';

export class CameraError extends Error {
  override readonly name = 'CameraError';
  readonly problem: CameraProblem;

  constructor(problem: CameraProblem, options?: ErrorOptions) {
    super(`camera: ${problem}`, options);
    this.problem = problem;
  }
}

/** An open camera. It records until `stop` is called. */
export type Camera = {
  readonly deviceId: string;
  /** Whether the camera has a light. Some phones say so only a moment after the picture has started. */
  hasTorch(): boolean;
  /** Switches the light and resolves with its new state, which a camera that refuses does not change. */
  setTorch(isOn: boolean): Promise<boolean>;
  /** Turns the camera off. Does not call `onEnded`. */
  stop(): void;
};

/** W3C Image Capture §5 and §7. TypeScript's DOM types do not contain it. */
type TorchCapabilities = MediaTrackCapabilities & { readonly torch?: boolean };
type TorchConstraints = MediaTrackConstraintSet & { readonly torch: boolean };

/**
 * Opens a camera and shows its picture in `video`. The browser may ask the person for permission first.
 *
 * @param options.deviceId one of `listCameras`; null: the camera at the back of the phone, where there is
 *   one. A camera that is gone, such as one that was unplugged, is replaced by the one of null.
 * @param options.onEnded runs when the camera is unplugged or the person withdraws the permission
 * @throws CameraError
 */
export async function openCamera(
  video: HTMLVideoElement,
  { deviceId, onEnded }: { deviceId: string | null; onEnded: () => void },
): Promise<Camera> {
  const stream = await askFor(deviceId).catch((error: unknown) => {
    if (deviceId !== null && nameOf(error) === 'CameraError' && (error as CameraError).problem === 'absent')
      return askFor(null);
    throw error;
  });
  const [track] = stream.getVideoTracks();
  if (!track) throw new CameraError('absent');
  let isStopped = false;
  listen(track, 'ended', () => (isStopped ? null : onEnded()));
  video.srcObject = stream;
  // `play` rejects only while the page unloads or the stream is replaced. Nobody sees the picture then.
  await video.play().catch(() => {});
  return {
    deviceId: track.getSettings().deviceId ?? '',
    ...torchOf(track),
    stop() {
      isStopped = true;
      track.stop();
      if (video.srcObject === stream) video.srcObject = null;
    },
  };
}

/** Returns the ids of all cameras. Browsers hide them until the person has allowed one camera. */
export async function listCameras(): Promise<readonly string[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId).map(({ deviceId }) => deviceId);
}

async function askFor(deviceId: string | null): Promise<MediaStream> {
  // Browsers offer no camera to pages without TLS, except on localhost.
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

/** Maps the exceptions of getUserMedia (W3C Media Capture §10.2). */
function problemOf(cause: unknown): CameraProblem {
  // By name and not by class: in WebKit an OverconstrainedError is no DOMException.
  const name = nameOf(cause);
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'absent' : 'busy';
}

function torchOf(track: MediaStreamTrack): Pick<Camera, 'hasTorch' | 'setTorch'> {
  let isLit = false;
  return {
    hasTorch() {
      const { torch }: TorchCapabilities = track.getCapabilities?.() ?? {};
      return torch === true;
    },
    async setTorch(isOn) {
      const torch: TorchConstraints = { torch: isOn };
      await track.applyConstraints({ advanced: [torch] }).then(
        () => {
          isLit = isOn;
        },
        () => {},
      );
      return isLit;
    },
  };
}
