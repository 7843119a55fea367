import { toBinary } from '../../core/bytes.ts';
import type { EditCall } from '../../core/edit.ts';
import { type InputImage, mediaTypes } from '../../core/image.ts';
import { createMultipart, type MultipartBody, type Part, toField } from '../multipart.ts';

/** The call as the vendor's multipart body: what the caller gave and nothing else, text first. */
export async function toRequest({ request, model, parameters, emit }: EditCall): Promise<MultipartBody> {
  const { partial_images, ...given } = parameters;
  const fields = {
    model: model.upstreamId,
    prompt: request.prompt,
    ...given,
    ...(emit && { stream: 'true', ...(partial_images !== undefined && { partial_images }) }),
  };
  const { images, mask } = request;
  const imageName = images.length === 1 ? 'image' : 'image[]';
  return createMultipart([
    ...Object.entries(fields).map(([name, value]) => toField(name, value)),
    ...(await Promise.all(images.map((image, index) => toFile(imageName, `image-${index}`, image)))),
    ...(mask ? [await toFile('mask', 'mask', mask)] : []),
  ]);
}

async function toFile(name: string, stem: string, { content, facts }: InputImage): Promise<Part> {
  return {
    name,
    bytes: await toBinary(content),
    file: { name: `${stem}.${facts.format}`, mediaType: mediaTypes[facts.format] },
  };
}
