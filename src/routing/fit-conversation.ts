import type { Conversation, EditRequest, Turn, Warning } from '../core/edit.ts';
import type { InputImage } from '../core/image.ts';
import type { Model } from '../core/model.ts';

/** A model that takes one instruction gets the last one, and of earlier pictures as many as it has room for. */
export function fitConversation(
  request: EditRequest,
  model: Model,
): { request: EditRequest; warnings: readonly Warning[] } {
  const { conversation } = request;
  if (!conversation || model.converses) return { request, warnings: [] };
  const images = keepNewest(request.images, conversation, model.maxImages);
  const leftOut = request.images.length - images.length;
  const { turns } = conversation;
  const prompt = turns.findLast(({ role, parts }) => role === 'user' && parts.some(isText));
  const otherTexts = turns.filter((turn) => turn !== prompt && turn.parts.some(isText)).length;
  const notices = [
    leftOut > 0 &&
      `${model.id} takes ${model.maxImages} picture(s): ${leftOut} earlier one(s) of the conversation were left out.`,
    otherTexts > 0 &&
      `${model.id} takes one instruction, the last: the text of ${otherTexts} other message(s) was left out.`,
  ].filter((message) => message !== false);
  return {
    request: { ...request, images },
    warnings: notices.map((message) => ({ param: 'messages', message })),
  };
}

/**
 * The last message's own pictures are what it is about, and then the newest result; where it has none, that result is,
 * whole. What came before makes room for them.
 */
function keepNewest(
  images: readonly InputImage[],
  { turns, olderImages }: Conversation,
  room: number,
): readonly InputImage[] {
  const own = findLastUser(turns)?.parts.filter(({ type }) => type === 'image').length ?? 0;
  const results = images.length - olderImages - own;
  const keptResults = own === 0 ? results : Math.min(results, Math.max(0, room - own));
  const keptOlder = Math.min(olderImages, Math.max(0, room - keptResults - own));
  return [...images.slice(0, keptResults), ...images.slice(results, results + own + keptOlder)];
}

function findLastUser(turns: readonly Turn[]): Turn | undefined {
  return turns.findLast(({ role }) => role === 'user');
}

function isText(part: Turn['parts'][number]): boolean {
  return part.type === 'text' && part.text.trim() !== '';
}
