import type { Model } from '../../core/model.ts';
import { choice, identifier, leftOut } from '../parameter-rules.ts';

export const localModels: readonly Model[] = [
  {
    id: 'local/retouch',
    provider: 'local',
    upstreamId: 'retouch',
    releasedOn: '2026-11-23',
    mask: 'alpha',
    maskHolds: 'exact',
    maxImages: 1,
    inputFormats: ['png', 'jpeg', 'webp'],
    maxImageBytes: 50 * 2 ** 20,
    streams: true,
    tokens: { kind: 'free' },
    parameters: {
      prompt: { kind: 'text', maxCharacters: 32_000 },
      n: { kind: 'integer', min: 1, max: 10 },
      size: {
        kind: 'size',
        values: ['auto'],
        free: { multipleOf: 1, maxRatio: 16_384, maxEdge: 16_384, minArea: 1, maxArea: 50_000_000 },
      },
      background: choice('transparent', 'opaque', 'auto'),
      output_format: choice('png', 'jpeg', 'webp'),
      output_compression: { kind: 'integer', min: 0, max: 100 },
      partial_images: { kind: 'integer', min: 0, max: 3 },
      user: identifier,
      safety_identifier: identifier,
      quality: leftOut(
        choice('low', 'medium', 'high', 'xhigh', 'max', 'standard', 'auto'),
        'the embedded editor always works at full quality; output_compression sets that of the file.',
      ),
      input_fidelity: leftOut(
        choice('low', 'high'),
        'the embedded editor changes nothing but what the prompt says.',
      ),
      moderation: leftOut(
        choice('auto', 'low'),
        'the embedded editor only carries out the steps of the prompt and moderates nothing.',
      ),
    },
  },
];
