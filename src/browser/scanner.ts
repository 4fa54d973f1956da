// The scanner in our own page: camera on, codes read and judged one by one until one of ours is claimed. A frame comes from the camera alone,
// never from the page's address, so a link that opens this page can start nothing but the question for the camera.
import { fill } from './messages.ts';
import { type Camera, CameraError, listCameras, openCamera } from './scanner-camera.ts';
import { type Judgement, judgeText } from './scanner-judgement.ts';
import { createQrReader, type QrReader } from './scanner-reader.ts';
import { createScannerView, type ScannerWords, words } from './scanner-view.ts';

/** Between two pictures: quick to a person, easy on the battery. */
const pauseMs = 120;
/** What was said of the last code stays at least this long after it left the picture. */
const wordsStayMs = 4000;
/** After an answer that may be another one soon. */
const retryMs = 5000;
const worthRetrying = ['refused', 'busy'];
const mayPass = ['temporarily_unavailable', 'busy', 'rate_limited', 'internal_error'];

export type ScannerDeps = {
  /** Claims. @returns null once it is claimed, or the code of the refusal. */
  readonly claim: (frame: string) => Promise<string | null>;
  readonly wordsFor: (refusal: string) => string;
  readonly onClaimed: () => void;
  /** The person would rather type. */
  readonly onClose: () => void;
};

export type Scanner = ReturnType<typeof createScanner>;

export function createScanner(panel: HTMLElement, deps: ScannerDeps) {
  const view = createScannerView(panel);
  let camera: Camera | null = null;
  let reader: QrReader | null = null;
  /** Counts openings and stops: work begun under an older number is dropped. */
  let turn = 0;
  let isWanted = false;
  let deviceId: string | null = null;
  let lastText = '';
  let lastSaidAt = 0;

  async function start(): Promise<void> {
    stop();
    const mine = turn;
    isWanted = true;
    view.setState('starting');
    view.say(words.starting);
    try {
      const opened = await openCamera(view.video, { deviceId, onEnded: () => fail('busy') });
      // Meanwhile the person went elsewhere: an answer to the browser's question can take minutes.
      if (mine !== turn || document.hidden) return opened.stop();
      camera = opened;
      view.setState('running');
      view.say(words.aim);
      view.setTools({ hasTorch: opened.setTorch !== null, hasOthers: (await listCameras()).length > 1 });
      reader ??= await createQrReader(panel.dataset.worker ?? '');
    } catch (error) {
      if (mine === turn) fail(error instanceof CameraError ? error.problem : 'busy');
      return;
    }
    await readOn(mine, reader);
  }

  function stop(): void {
    turn += 1;
    camera?.stop();
    camera = null;
  }

  function fail(problem: keyof ScannerWords['problems']): void {
    stop();
    isWanted = false;
    view.setState('problem', worthRetrying.includes(problem));
    view.say(words.problems[problem], true);
  }

  async function readOn(mine: number, with_: QrReader): Promise<void> {
    while (mine === turn) {
      const picture = view.picture();
      let text: string | null = null;
      try {
        text = picture && (await with_.read(picture));
      } catch {
        return fail('unreadable');
      }
      if (mine !== turn) return;
      if (text !== null) await consider(text);
      else if (Date.now() - lastSaidAt > wordsStayMs) view.say(words.aim);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  /** One text is asked about once, however long it stays in the picture. */
  async function consider(text: string): Promise<void> {
    const isNew = text !== lastText;
    lastText = text;
    lastSaidAt = Date.now();
    if (!isNew) return;
    const judgement = judgeText(text, location.origin);
    if (judgement.kind === 'frame') return claim(judgement.frame);
    view.say(notOurs(judgement), true);
  }

  async function claim(frame: string): Promise<void> {
    const mine = turn;
    view.say(words.found);
    const refusal = await deps.claim(frame);
    if (refusal === null) return finish();
    if (mine !== turn) return;
    view.say(refusal === 'frame_stale' ? words.stale : deps.wordsFor(refusal), true);
    lastSaidAt = Date.now();
    if (!mayPass.includes(refusal)) return;
    await new Promise((resolve) => setTimeout(resolve, retryMs));
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

  async function switchCamera(): Promise<void> {
    const all = await listCameras();
    const next = all[(all.indexOf(camera?.deviceId ?? '') + 1) % all.length];
    if (next) deviceId = next;
    await start();
  }

  async function toggleTorch(): Promise<void> {
    const isOn = view.torchButton.getAttribute('aria-pressed') === 'true';
    const isLit = await camera?.setTorch?.(!isOn);
    view.torchButton.setAttribute('aria-pressed', String(isLit ?? false));
  }

  view.openButton.addEventListener('click', () => void start());
  view.switchButton.addEventListener('click', () => void switchCamera());
  view.torchButton.addEventListener('click', () => void toggleTorch());
  view.closeButton.addEventListener('click', () => {
    close();
    deps.onClose();
  });
  // A camera that nobody looks through is off.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) stop();
    else if (isWanted) void start();
  });
  window.addEventListener('pagehide', stop);

  return {
    /** `atOnce`: the person asked for the camera itself; else they do so with the button. */
    open(atOnce: boolean): void {
      lastText = '';
      view.setState('ready');
      view.say('');
      view.show();
      if (atOnce) void start();
    },
  };
}

function notOurs(judgement: Exclude<Judgement, { kind: 'frame' }>): string {
  if (judgement.kind === 'unknown') return words.unknown;
  return fill(judgement.kind === 'website' ? words.website : words.otherProvider, { host: judgement.host });
}
