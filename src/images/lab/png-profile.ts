import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

const signatureAndHeaderBytes = 8 + 25;

/** The PNG with an ICC profile in it, before everything but its header (PNG, 11.3.2.3). */
export async function addProfile(png: Buffer, profile: Buffer): Promise<Buffer> {
  const name = Buffer.from('ICC\0\0', 'latin1');
  const body = Buffer.concat([Buffer.from('iCCP', 'latin1'), name, await promisify(deflate)(profile)]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  checksum.writeUInt32BE(crc32(body));
  const rest = png.subarray(signatureAndHeaderBytes);
  return Buffer.concat([png.subarray(0, signatureAndHeaderBytes), length, body, checksum, rest]);
}
