// Photos as the phones send them: JPEG, base64, no side longer than a phone would send.

const LONGEST_SIDE = 1600;
const QUALITY = 0.86;

/** @returns {Promise<string>} a data URL. Throws where the blob isn't an image the browser can read. */
export async function shrink(blob) {
  const image = await createImageBitmap(blob);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return canvas.toDataURL("image/jpeg", QUALITY);
}

export async function load(url) {
  return shrink(await (await fetch(url)).blob());
}

/** The base64 part of a data URL. */
export function base64(dataUrl) {
  return dataUrl.slice(dataUrl.indexOf(",") + 1);
}
