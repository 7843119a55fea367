import { expect, test } from 'vitest';
import { createPng } from '../small-png.ts';
import { checkCall } from './vendor-rules.ts';

const png = createPng({ width: 4, height: 4 }).toString('base64');
const toContents = (...parts: object[]) => [{ role: 'user', parts }];
const text = { text: 'Make it blue.' };
const toImage = (mimeType: string, data = png) => ({ inlineData: { mimeType, data } });
const toConfig = (imageConfig: object) => ({ contents: toContents(text), generationConfig: { imageConfig } });

test('The scripted Gemini takes what the vendor takes', () => {
  const body = {
    systemInstruction: { parts: [text] },
    contents: [
      ...toContents(text, toImage('image/png')),
      { role: 'model', parts: [{ ...toImage('image/png'), thoughtSignature: 'c2ln' }, text] },
      { role: 'model', parts: [{ ...text, thoughtSignature: 'skip_thought_signature_validator' }] },
      ...toContents(text),
    ],
    generationConfig: {
      responseModalities: ['TEXT', 'IMAGE'],
      imageConfig: { aspectRatio: '8:1', imageSize: '2K' },
      temperature: 0,
      seed: -1,
      maxOutputTokens: 1,
    },
  };
  expect(checkCall('gemini-nano-banana-2.1', body)).toMatchObject(body);
});

test.for<[string, object, string, string?]>([
  [
    'a model that is gone',
    { contents: toContents(text) },
    'is not found for API version',
    'gemini-2.0-flash',
  ],
  ['a field it does not know', { contents: toContents(text), n: 2 }, 'Unknown name "n" at \'request\''],
  ['snake case', { contents: toContents({ inline_data: {} }) }, 'Unknown name "inline_data"'],
  ['no contents', {}, 'contents is not specified'],
  ['a turn without parts', { contents: toContents() }, 'must not be empty'],
  ['an empty text', { contents: toContents({ text: '' }) }, 'empty text'],
  ['text and picture in one part', { contents: toContents({ ...text, ...toImage('image/png') }) }, 'oneof'],
  ['another role', { contents: [{ role: 'assistant', parts: [text] }] }, 'valid role'],
  ['the model having the last word', { contents: [{ role: 'model', parts: [text] }] }, 'last turn'],
  ['image/jpg', { contents: toContents(toImage('image/jpg')) }, 'Unsupported MIME type: image/jpg'],
  ['a PNG called JPEG', { contents: toContents(toImage('image/jpeg')) }, 'mime type: image/png'],
  ['what is no base64', { contents: toContents(toImage('image/png', `${png}\n`)) }, 'base64'],
  ['padding within base64', { contents: toContents(toImage('image/png', `QUI=${png}`)) }, 'base64'],
  [
    'an answer of its own without its signature',
    { contents: [...toContents(text), { role: 'model', parts: [text] }, ...toContents(text)] },
    'Text part is missing a thought_signature in content position 2, part position 1',
  ],
  [
    'a picture of its own without its signature',
    {
      contents: [
        ...toContents(text),
        { role: 'model', parts: [{ ...text, thoughtSignature: 'c2ln' }, toImage('image/png')] },
        ...toContents(text),
      ],
    },
    'Image part is missing a thought_signature in content position 2, part position 2',
  ],
  ['15 pictures', { contents: toContents(...Array(15).fill(toImage('image/png'))) }, 'fewer than 15'],
  ['a lower-case size', toConfig({ imageSize: '2k' }), 'image_size 2k'],
  ['a size on 2.5', toConfig({ imageSize: '1K' }), 'image_size 1K', 'gemini-2.5-flash-image'],
  ['a ratio it does not have', toConfig({ aspectRatio: '8:1' }), 'aspect_ratio', 'gemini-3-pro-image'],
  [
    'a seed of more than 32 bits',
    { contents: toContents(text), generationConfig: { seed: 2 ** 40 } },
    "'request.generationConfig.seed'",
  ],
])('The scripted Gemini refuses %s', ([, body, message, model = 'gemini-nano-banana-2.1']) => {
  expect(() => checkCall(model, body)).toThrow(message);
});
