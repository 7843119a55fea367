import type { AnswerEnding, EditCall, EditOutcome } from '../../core/edit.ts';
import { RetouchError } from '../../core/errors.ts';
import type { Redact } from '../redact.ts';
import { nowInSeconds } from '../vendor-answer.ts';
import { vendor } from './errors.ts';
import type { Reply } from './reply.ts';

/** How an answer ended, in the words of chat. */
export function toEnding({ finishReason = 'STOP' }: Pick<Reply, 'finishReason'>): AnswerEnding {
  if (finishReason === 'MAX_TOKENS') return 'length';
  return blocked.has(finishReason) ? 'content_filter' : 'stop';
}

/** Reasons to end that are the vendor's judgement of what was asked or made (contract 3.3). */
const blocked: ReadonlySet<string> = new Set([
  'SAFETY',
  'IMAGE_SAFETY',
  'PROHIBITED_CONTENT',
  'IMAGE_PROHIBITED_CONTENT',
  'BLOCKLIST',
  'SPII',
  'MODEL_ARMOR',
  'RECITATION',
  'IMAGE_RECITATION',
]);
const maxSaidCharacters = 300;

/** Why a reply is no result, although the vendor answered with 200; undefined: it is one. */
export function toFailure(reply: Reply, call: EditCall, redact: Redact): RetouchError | undefined {
  if (reply.images.length > 0) return undefined;
  const { blockReason, finishReason = 'STOP', text } = reply;
  const because = `(${redact(blockReason ?? finishReason)})${toClause(reply, redact)}`;
  if (blockReason !== undefined) {
    const message = `${vendor}'s safety system refused the prompt or a picture ${because}`;
    return new RetouchError('moderation_blocked', message);
  }
  if (blocked.has(finishReason)) {
    return new RetouchError('moderation_blocked', `${vendor}'s safety system refused the result ${because}`);
  }
  const isWhole = finishReason === 'STOP' || finishReason === 'MAX_TOKENS';
  if (isWhole && text !== '' && mayBeText(call)) return undefined;
  return new RetouchError('no_image_returned', `${vendor} answered without a picture ${because}`);
}

/** A chat may be answered in words, unless it asked for pictures only. */
function mayBeText({ request, parameters }: EditCall): boolean {
  return request.conversation !== undefined && parameters.modalities !== 'image';
}

/** What the vendor or the model says about it, in short. */
function toClause({ finishReason, finishMessage, text }: Reply, redact: Redact): string {
  const limit = 'its limit of tokens was reached, to which the tokens of the picture count';
  const said = redact(finishMessage ?? text) || (finishReason === 'MAX_TOKENS' ? limit : '');
  if (said === '') return '.';
  return `: ${said.length > maxSaidCharacters ? `${said.slice(0, maxSaidCharacters)}…` : said}`;
}

/** An answer that came, or had begun to, and where it stands among the `n`. */
export interface PlacedReply {
  answer: number;
  /** Undefined: it came to nothing. */
  reply?: Reply;
  ending: AnswerEnding;
}

/**
 * All answers as one outcome.
 * @param count answers that the caller knows of: those that came, and those that had begun to
 * @param usage of all calls together
 */
export function toOutcome(
  placed: readonly PlacedReply[],
  count: number,
  about: Pick<EditOutcome, 'warnings' | 'usage' | 'isOpen'>,
): EditOutcome {
  const texts = Array.from({ length: count }, () => '');
  const endings = Array.from({ length: count }, (): AnswerEnding => 'stop');
  for (const { answer, reply, ending } of placed) {
    texts[answer] = reply?.text ?? '';
    endings[answer] = ending;
  }
  const replies = placed.flatMap(({ reply }) => reply ?? []);
  const [first] = replies.flatMap(({ images }) => images);
  return {
    images: placed.flatMap(({ reply, answer }) =>
      (reply?.images ?? []).map(({ image, facts }) => ({ ...image, answer, format: facts.output_format })),
    ),
    texts,
    endings,
    facts: first?.facts ?? { output_format: 'png' },
    createdAt: nowInSeconds(),
    ...about,
  };
}
