// Photos as the phones send them: JPEG, base64, no side longer than a phone would send.

const LONGEST_SIDE = 1600;
const QUALITY = 0.86;

/**
 * @param {boolean} [byHand] as if taken just now: from another place, tilted, perhaps from the other side
 * @returns {Promise<string>} a data URL. Throws where the blob isn't an image the browser can read.
 */
export async function shrink(blob, byHand = false) {
  const image = await createImageBitmap(blob);
  const [part, tilt] = byHand ? [0.6 + Math.random() * 0.25, (Math.random() - 0.5) * 0.5] : [1, 0];
  const [width, height] = [image.width * part, image.height * part];
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate(tilt);
  context.scale(byHand && Math.random() < 0.5 ? -scale : scale, scale);
  const [spareX, spareY] = [image.width - width, image.height - height];
  context.translate((Math.random() - 0.5) * spareX, (Math.random() - 0.5) * spareY);
  context.drawImage(image, -image.width / 2, -image.height / 2);
  image.close();
  return canvas.toDataURL("image/jpeg", QUALITY);
}

/** A sample, no two of which look alike: the review looks closely at a photo that comes twice, also at one only changed. */
export async function sample(url) {
  return shrink(await (await fetch(url)).blob(), true);
}

/** The base64 part of a data URL. */
export function base64(dataUrl) {
  return dataUrl.slice(dataUrl.indexOf(",") + 1);
}
