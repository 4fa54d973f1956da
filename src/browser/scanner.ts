// The scanner on the phone's home page. It opens the camera, reads QR codes and claims the first frame of
// this provider. A frame comes from the camera only, never from the page's address, so a link to this page
// cannot claim anything. The camera, the reader, the judgement and the view are files of their own.
import { chooseCamera, chosenCamera } from './camera-choice.ts';
import { nameOf } from './dom.ts';
import { listen, pause, run } from './handlers.ts';
import { fill } from './messages.ts';
import { type Camera, type CameraError, listCameras, openCamera } from './scanner-camera.ts';
import { type Judgement, judgeText, type Sight } from './scanner-judgement.ts';
import { hidesPixels, isTooDark } from './scanner-picture.ts';
import { createQrReader, type QrReader } from './scanner-reader.ts';
import { createScannerView, type ScannerWords, words } from './scanner-view.ts';

/** Pause between two reads. Short enough to feel immediate, long enough to save the battery. */
const pauseMs = 120;
/** The message about the last code stays for at least this long after the code has left the picture. */
const wordsStayMs = 4000;
/**
 * After a temporary refusal, the same code is claimed again after this time if it is still in the picture.
 */
const retryMs = 5000;
/** Camera problems that the person can solve, so the page offers another attempt. */
const retryableProblems = ['refused', 'busy', 'noise'];
/** The camera is asked for its light again with each of this many first pictures. */
const torchChecks = 25;
/** Refusal codes of the phone API that can disappear without a new code on the screen. */
const temporaryRefusals = ['no_answer', 'temporarily_unavailable', 'busy', 'rate_limited', 'internal_error'];

export type ScannerDeps = {
  /**
   * Claims the ticket of a frame. Resolves with null on success, else with the refusal code of the phone API.
   */
  readonly claim: (frame: string) => Promise<string | null>;
  /** Returns the sentence that the page shows for a refusal code. */
  readonly messageFor: (refusal: string) => string;
  /** Runs once after a successful claim. The camera is off by then. */
  readonly onClaimed: () => void;
  /** Runs when the person closes the scanner to type the user code instead. */
  readonly onClose: () => void;
};

/**
 * Connects the scanner to its panel. The camera stays off until `open` is called or the person presses the
 * button. The camera also stops while the page is hidden.
 *
 * @param panel the element `#scanner`; its `data-worker` is the URL of the decoder's worker
 */
export function createScanner(panel: HTMLElement, deps: ScannerDeps) {
  const view = createScannerView(panel);
  let camera: Camera | null = null;
  let reader: QrReader | null = null;
  /** Counts starts and stops. Asynchronous work that began under an older number drops its result. */
  let turn = 0;
  let isWanted = false;
  let deviceId = chosenCamera();
  let lastText = '';
  let lastMessageAtMs = 0;

  async function start(): Promise<void> {
    stop();
    const mine = turn;
    isWanted = true;
    view.setState('starting');
    view.say(words.starting);
    try {
      const opened = await openCamera(view.video, { deviceId, onEnded: () => fail('busy') });
      // The permission prompt can stay open for minutes, and the person may have left in the meantime.
      if (mine !== turn || document.hidden) return opened.stop();
      camera = opened;
      if (hidesPixels()) return fail('noise');
      view.setState('running');
      view.say(words.aim);
      const hasOthers = (await listCameras()).length > 1;
      reader ??= await createQrReader(panel.dataset.worker ?? '');
      await readUntilStopped(mine, opened, reader, hasOthers);
    } catch (error) {
      // Whatever went wrong, the person is told, and can try again or type the code.
      if (mine === turn) fail(nameOf(error) === 'CameraError' ? (error as CameraError).problem : 'busy');
    }
  }

  function stop(): void {
    turn += 1;
    camera?.stop();
    camera = null;
  }

  function fail(problem: keyof ScannerWords['problems']): void {
    stop();
    isWanted = false;
    view.setState('problem', retryableProblems.includes(problem));
    view.say(words.problems[problem], true);
  }

  /** Reads pictures until the scanner stops or restarts. @throws Error when the page cannot take a picture */
  async function readUntilStopped(mine: number, from: Camera, qrReader: QrReader, hasOthers: boolean): Promise<void> {
    let hasTorch = false;
    for (let count = 0; mine === turn; count += 1) {
      if (!hasTorch && count < torchChecks) {
        hasTorch = from.hasTorch();
        view.setTools({ hasTorch, hasOthers });
      }
      const picture = view.picture();
      const isDark = picture !== null && isTooDark(picture);
      const sight = picture && (await qrReader.read(picture).catch(() => null));
      if (mine !== turn) return;
      if (picture && !sight) return fail('unreadable');
      if (sight?.text) await consider(sight.text);
      else if (Date.now() - lastMessageAtMs > wordsStayMs) view.say(adviceFor(sight, isDark && hasTorch));
      await pause(pauseMs);
    }
  }

  /** Handles a text once, even if it stays in the picture for many reads. */
  async function consider(text: string): Promise<void> {
    const isNew = text !== lastText;
    lastText = text;
    lastMessageAtMs = Date.now();
    if (!isNew) return;
    const judgement = judgeText(text, location.origin);
    if (judgement.kind === 'frame') return claim(judgement.frame);
    view.say(rejectionOf(judgement), true);
  }

  async function claim(frame: string): Promise<void> {
    const mine = turn;
    view.say(words.found);
    const refusal = await deps.claim(frame).catch(() => 'internal_error');
    if (refusal === null) return finish();
    if (mine !== turn) return;
    view.say(refusal === 'frame_stale' ? words.stale : deps.messageFor(refusal), true);
    lastMessageAtMs = Date.now();
    if (!temporaryRefusals.includes(refusal)) return;
    await pause(retryMs);
    lastText = '';
  }

  function finish(): void {
    close();
    reader?.close();
    reader = null;
    deps.onClaimed();
  }

  function close(): void {
    stop();
    isWanted = false;
    view.hide();
  }

  /** Opens the next camera of the list, and the first one after the last. */
  async function switchCamera(): Promise<void> {
    const all = await listCameras().catch((): readonly string[] => []);
    const next = all[(all.indexOf(camera?.deviceId ?? '') + 1) % all.length];
    if (next) {
      deviceId = next;
      chooseCamera(next);
    }
    await start();
  }

  async function toggleTorch(): Promise<void> {
    const isOn = view.torchButton.getAttribute('aria-pressed') === 'true';
    const isLit = await camera?.setTorch(!isOn);
    view.torchButton.setAttribute('aria-pressed', String(isLit ?? false));
  }

  listen(view.openButton, 'click', start);
  listen(view.switchButton, 'click', switchCamera);
  listen(view.torchButton, 'click', toggleTorch);
  listen(view.closeButton, 'click', () => {
    close();
    deps.onClose();
  });
  // The camera is off while the page is hidden, and starts again when the person returns.
  listen(document, 'visibilitychange', () => {
    if (document.hidden) stop();
    else if (isWanted) return start();
  });
  listen(window, 'pagehide', stop);

  return {
    /**
     * Shows the scanner.
     *
     * @param isImmediate true: starts the camera; false: waits for the button, since the browser may ask the
     *   person
     */
    open(isImmediate: boolean): void {
      lastText = '';
      view.setState('ready');
      view.say('');
      view.show();
      if (isImmediate) run(start);
    },
  };
}

/**
 * Returns what helps while no code is read. `isLightUseful`: the picture is dark and the camera has a light.
 */
function adviceFor(sight: Sight | null, isLightUseful: boolean): string {
  if (sight?.isPart) return words.part;
  return isLightUseful ? words.dark : words.aim;
}

/** Returns the sentence about a code that is not a frame of this provider. */
function rejectionOf(judgement: Exclude<Judgement, { kind: 'frame' }>): string {
  if (judgement.kind === 'unknown') return words.unknown;
  return fill(judgement.kind === 'website' ? words.website : words.otherProvider, { host: judgement.host });
}
