import type { Model } from '../core/model.ts';

const seconds = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 1000;

/** One entry of `GET /models`: OpenAI's keys, prices as FastRouter gives them (texts, USD per token), and the rest. */
export function toPublicModel(model: Model): object {
  const { prices } = model;
  const perToken = (usdPerMillion = 0): string => (usdPerMillion / 1e6).toFixed(12).replace(/\.?0+$/, '');
  return {
    id: model.id,
    object: 'model',
    created: seconds(model.releasedOn),
    owned_by: model.provider,
    name: model.upstreamId,
    aliases: model.aliases ?? [],
    snapshots: model.snapshots ?? [],
    shutdown_date: model.retiredOn ?? null,
    successor: model.successor ?? null,
    architecture: { input_modalities: ['image', 'text'], output_modalities: ['image'] },
    pricing: {
      prompt: perToken(prices?.textIn),
      image: perToken(prices?.imageIn),
      completion: perToken(prices?.textOut),
      image_output: perToken(prices?.imageOut),
      request: '0',
    },
    capabilities: {
      edit: true,
      mask: model.mask === 'none' ? null : { kind: model.mask, holds: model.maskHolds },
      max_images: model.maxImages,
      max_image_bytes: model.maxImageBytes,
      input_formats: model.inputFormats,
      stream: model.streams,
    },
    parameters: model.parameters,
  };
}

export function toModelList(models: readonly Model[]): object {
  return { object: 'list', data: models.map(toPublicModel) };
}
