import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** In a process of its own, for what is blocked stays blocked. */
const program = `
  import sharp from 'sharp';
  import { prepareDecoders } from ${JSON.stringify(new URL('./decode.ts', import.meta.url).href)};
  const dot = sharp({ create: { width: 2, height: 2, channels: 3, background: '#123456' } });
  const formats = ['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'];
  const files = { svg: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>') };
  for (const format of formats) files[format] = await dot.clone().toFormat(format).toBuffer();
  prepareDecoders(1);
  const read = {};
  for (const [format, file] of Object.entries(files)) {
    read[format] = await sharp(file).raw().toBuffer().then(() => true, () => false);
  }
  read.path = await sharp(${JSON.stringify(new URL('../../../examples/mask.png', import.meta.url).pathname)}).raw().toBuffer().then(() => true, () => false);
  console.log(JSON.stringify(read));
`;

test('libvips is left with three decoders, and none of them opens a file by its name', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    cwd: new URL('../../../', import.meta.url),
  });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    ...{ png: true, jpeg: true, webp: true },
    ...{ gif: false, tiff: false, avif: false, svg: false, path: false },
  });
});
