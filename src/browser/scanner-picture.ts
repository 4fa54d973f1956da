// Takes pictures of the camera for the reader, and tells when a picture cannot be used: a browser that
// protects against fingerprinting returns noise instead of pixels, and a dark room shows nothing.

/** In pixels. Larger pictures take longer to decode and are not read more often. */
const maxPictureSide = 720;

/**
 * @returns a function that returns the pixels of the square in the middle of the video, or null while there
 *   is no picture
 */
export function createPictureTaker(video: HTMLVideoElement): () => ImageData | null {
  const [canvas, context] = newCanvas();
  return () => {
    const { videoWidth, videoHeight } = video;
    const side = Math.min(videoWidth, videoHeight);
    if (!context || side === 0) return null;
    const size = Math.min(side, maxPictureSide);
    canvas.width = size;
    canvas.height = size;
    context.drawImage(video, (videoWidth - side) / 2, (videoHeight - side) / 2, side, side, 0, 0, size, size);
    return context.getImageData(0, 0, size, size);
  };
}

function newCanvas(): [HTMLCanvasElement, CanvasRenderingContext2D | null] {
  const canvas = document.createElement('canvas');
  return [canvas, canvas.getContext('2d', { willReadFrequently: true })];
}

const probeSide = 16;
const isDark = (pixel: number): boolean => (pixel + Math.floor(pixel / probeSide)) % 2 === 0;

/**
 * Whether this browser hides the pixels of a canvas from pages. Draws a chessboard and reads it back.
 *
 * @throws Error when the browser refuses to read the canvas
 */
export function hidesPixels(): boolean {
  const [canvas, context] = newCanvas();
  if (!context) return true;
  canvas.width = probeSide;
  canvas.height = probeSide;
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, probeSide, probeSide);
  context.fillStyle = '#000000';
  for (let pixel = 0; pixel < probeSide * probeSide; pixel += 1)
    if (isDark(pixel)) context.fillRect(pixel % probeSide, Math.floor(pixel / probeSide), 1, 1);
  return isNoise(context.getImageData(0, 0, probeSide, probeSide).data);
}

/**
 * Whether the pixels of the chessboard came back wrong. Pure. A browser that changes each value a little
 * (Brave) does not prevent reading, so small differences count as right.
 *
 * @param data RGBA of `probeSide` × `probeSide` pixels
 */
export function isNoise(data: ArrayLike<number>): boolean {
  const pixels = Array.from({ length: probeSide * probeSide }, (_, pixel) => pixel);
  const wrong = pixels.filter((pixel) => (data[pixel * 4] ?? 0) < 128 !== isDark(pixel));
  return wrong.length > pixels.length / 50;
}

/** Average brightness below which the light may help, of 255. */
const darkBelow = 40;
/** One pixel of this many is looked at. */
const sampleStep = 97;

/** Whether the picture is so dark that a code in it is hard to read. Pure. */
export function isTooDark({ data }: Pick<ImageData, 'data'>): boolean {
  let sum = 0;
  let count = 0;
  for (let at = 1; at < data.length; at += 4 * sampleStep) {
    sum += data[at] ?? 0;
    count += 1;
  }
  return count > 0 && sum / count < darkBelow;
}
