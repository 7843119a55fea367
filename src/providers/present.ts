import type { Clock } from '../core/clock.ts';
import type { EditCall, EditedImage, EditOutcome, ResultFacts, Usage, Warning } from '../core/edit.ts';
import { type Lab, type Recipe, type RenderedImage, toUnkeptWarnings } from '../images/index.ts';

/** What a provider of this gateway needs to make pictures itself. */
export interface StudioParts {
  lab: Lab;
  now: Clock;
}

export interface Presentation {
  picture: RenderedImage;
  quality?: string | undefined;
  warnings: readonly Warning[];
  /** What a result with these facts uses, for so many pictures. */
  toUsage: (facts: ResultFacts, images: number) => Usage | undefined;
}

/** Gives one rendered picture as the `n` that were asked for, with previews first where the caller streams. */
export async function present(
  { lab, now }: StudioParts,
  call: EditCall,
  { picture, quality, warnings, toUsage }: Presentation,
  signal: AbortSignal,
): Promise<EditOutcome> {
  const images: EditedImage[] = Array.from({ length: call.parameters.n ?? 1 }, () => ({
    content: picture.content,
  }));
  const facts = toFacts(picture, quality);
  const createdAt = Math.floor(now() / 1000);
  if (call.emit) {
    const previews = await renderPreviews(lab, call, picture, signal);
    for (const [position, image] of images.entries()) {
      for (const [index, preview] of previews.entries()) {
        await call.emit({ type: 'partial', index, image: preview, facts, createdAt });
      }
      const usage = toShare(toUsage(facts, position), toUsage(facts, position + 1), position);
      await call.emit({ type: 'completed', image, facts, createdAt, ...(usage && { usage }) });
    }
  }
  const usage = toUsage(facts, images.length);
  const [image] = call.request.images;
  const unkept = image ? toUnkeptWarnings(image.name, picture) : [];
  return { images, facts, createdAt, ...(usage && { usage }), warnings: [...warnings, ...unkept] };
}

function toFacts(
  { width, height, hasAlpha, format }: RenderedImage,
  quality: string | undefined,
): ResultFacts {
  return {
    background: hasAlpha ? 'transparent' : 'opaque',
    output_format: format,
    ...(quality !== undefined && { quality }),
    size: `${width}x${height}`,
  };
}

/** What one picture adds: the shares of all add up to the usage of the call, however its input is counted. */
function toShare(before: Usage | undefined, after: Usage | undefined, position: number): Usage | undefined {
  if (!before || !after || position === 0) return after;
  return {
    inputTextTokens: after.inputTextTokens - before.inputTextTokens,
    inputImageTokens: after.inputImageTokens - before.inputImageTokens,
    outputImageTokens: after.outputImageTokens - before.outputImageTokens,
  };
}

/** The picture as it would look half done: from coarse to fine. */
async function renderPreviews(
  lab: Lab,
  { parameters, openSpool }: EditCall,
  picture: RenderedImage,
  signal: AbortSignal,
): Promise<readonly EditedImage[]> {
  const count = parameters.partial_images ?? 0;
  const previews: EditedImage[] = [];
  for (let index = 0; index < count; index += 1) {
    const recipe = toPreviewRecipe(picture, 2 ** (index - count - 2));
    const { content } = await lab.render({ image: picture.content, recipe, openSpool, signal });
    previews.push({ content });
  }
  return previews;
}

function toPreviewRecipe({ width, height, format, hasAlpha }: RenderedImage, detail: number): Recipe {
  return {
    operations: [
      { op: 'scale', factor: detail },
      { op: 'resize', width, height, fit: 'fill' },
    ],
    background: '#ffffff',
    output: { format, alpha: hasAlpha ? 'keep' : 'opaque' },
  };
}
