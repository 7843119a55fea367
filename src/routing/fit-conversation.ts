import type { EditRequest, Warning } from '../core/edit.ts';
import type { Model } from '../core/model.ts';

/** A model that takes one instruction gets the last one, and of earlier pictures as many as it has room for. */
export function fitConversation(
  request: EditRequest,
  model: Model,
): { request: EditRequest; warnings: readonly Warning[] } {
  const { conversation, images } = request;
  if (!conversation || model.converses) return { request, warnings: [] };
  const surplus = Math.max(0, images.length - model.maxImages);
  const leftOut = Math.min(surplus, conversation.olderImages);
  const lastUser = conversation.turns.findLastIndex((turn) => turn.role === 'user');
  const otherTexts = conversation.turns.filter(
    (turn, index) =>
      index !== lastUser && turn.parts.some((part) => part.type === 'text' && part.text.trim() !== ''),
  );
  const warnings: Warning[] = [];
  if (leftOut > 0) {
    warnings.push({
      param: 'messages',
      message: `${model.id} takes ${model.maxImages} picture(s): ${leftOut} older one(s) of the conversation were left out.`,
    });
  }
  if (otherTexts.length > 0) {
    warnings.push({
      param: 'messages',
      message: `${model.id} takes one instruction, the last: the text of ${otherTexts.length} other message(s) was left out.`,
    });
  }
  return { request: { ...request, images: images.slice(0, images.length - leftOut) }, warnings };
}
