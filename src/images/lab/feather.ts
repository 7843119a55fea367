import sharp from 'sharp';
import type { Coverage } from './decode.ts';

/** As part of the long side: enough to hide a seam, little enough to keep the edit. */
const radiusFraction = 0.004;

/**
 * Softens the edge of what a mask opens, towards its inside only: what the mask keeps stays kept wholly.
 * A mask whose edge is soft already changes little.
 */
export async function feather(keep: Coverage): Promise<Coverage> {
  const { width, height } = keep;
  const sigma = Math.max(0.8, Math.max(width, height) * radiusFraction);
  const blurred = await sharp(keep.data, { raw: { width, height, channels: 1 }, limitInputPixels: false })
    .blur(sigma)
    .extractChannel(0)
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  const data = new Uint8Array(keep.data.length);
  for (let pixel = 0; pixel < data.length; pixel += 1) {
    // At a hard edge the blur is half: doubled, it begins at full strength there and fades inwards.
    const softened = Math.min(255, 2 * (blurred[pixel] as number));
    data[pixel] = Math.max(keep.data[pixel] as number, softened);
  }
  return { data, width, height };
}
