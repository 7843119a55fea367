import type { Conversation, EditParameters, EditRequest, Turn, TurnPart } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { InputImage } from '../core/image.ts';
import type { ChatBody } from './chat-body.ts';
import type { ChatFields } from './chat-schema.ts';
import { checkPromptLength } from './prompt.ts';
import { toRoutingWishes } from './routing-wishes.ts';

/**
 * `POST /chat/completions` → the canonical request. The last user text is the prompt; the pictures of the
 * conversation are the inputs, the newest result first, because that is what "now make it blue" is about.
 * @throws RetouchError
 */
export function toChatEdit(
  id: string,
  { fields, notices }: Pick<ChatBody, 'fields' | 'notices'>,
  turns: readonly Turn[],
  simulate?: string,
): EditRequest {
  const { images, olderImages } = toInputs(turns);
  return {
    id,
    model: toModel(fields),
    prompt: toPrompt(turns),
    images,
    conversation: { turns, olderImages } satisfies Conversation,
    parameters: toParameters(fields),
    stream: fields.stream ?? false,
    routing: toRoutingWishes(fields),
    tags: fields.tags ?? [],
    ...(notices.length > 0 && { notices }),
    ...(simulate !== undefined && { simulate }),
  };
}

function toModel({ model }: ChatFields): string {
  if (model.trim() !== '') return model.trim();
  throw new RetouchError(
    'missing_required_parameter',
    `Missing required parameter: 'model'. Expected the id of a model.`,
    { param: 'model' },
  );
}

function toPrompt(turns: readonly Turn[]): string {
  const asked = turns.filter(({ role }) => role === 'user');
  const last = asked.at(-1);
  // A message that is a picture only goes with what was said before it.
  const isPicture = last?.parts.some(({ type }) => type === 'image') && toText(last).trim() === '';
  const texts = (isPicture ? asked : asked.slice(-1)).map(toText);
  const prompt = texts.findLast((text) => text.trim() !== '');
  if (prompt === undefined) {
    throw new RetouchError(
      'missing_required_parameter',
      'The last user message has no text. Say in it what to change.',
      { param: 'messages' },
    );
  }
  checkPromptLength(prompt, 'The last user text', 'messages');
  return prompt;
}

function toText({ parts }: Turn): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** The newest result, the last message's own pictures, then what came before, newest first. */
function toInputs(turns: readonly Turn[]): { images: readonly InputImage[]; olderImages: number } {
  const picturesOf = (turn: Turn | undefined): readonly InputImage[] =>
    turn?.parts.flatMap((part: TurnPart) => (part.type === 'image' ? [part.image] : [])) ?? [];
  const lastUser = turns.findLastIndex((turn) => turn.role === 'user');
  const lastResult = turns.findLastIndex((turn) => turn.role === 'assistant' && picturesOf(turn).length > 0);
  const wanted = [...picturesOf(turns[lastResult]), ...picturesOf(turns[lastUser])];
  const older = turns
    .filter((_, index) => index !== lastUser && index !== lastResult)
    .toReversed()
    .flatMap(picturesOf);
  // With nothing newer to edit, the newest older message is what it is about.
  if (wanted.length === 0) {
    const newest = picturesOf(turns.findLast((turn) => picturesOf(turn).length > 0));
    return { images: older, olderImages: older.length - newest.length };
  }
  return { images: [...wanted, ...older], olderImages: older.length };
}

function toParameters(fields: ChatFields): EditParameters {
  const { image_config: config, modalities } = fields;
  const given = {
    ...config,
    aspect_ratio: toOne(
      ['image_config.aspect_ratio', config?.aspect_ratio],
      ['aspectRatio', fields.aspectRatio],
    ),
    modalities: modalities && [...new Set(modalities)].sort().join('+'),
    n: fields.n,
    temperature: fields.temperature,
    seed: fields.seed,
    max_tokens: toOne(
      ['max_completion_tokens', fields.max_completion_tokens],
      ['max_tokens', fields.max_tokens],
    ),
    user: fields.user,
    safety_identifier: fields.safety_identifier,
  };
  const present = Object.entries(given).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(present);
}

type Named<T> = readonly [name: string, value: T | null | undefined];

/** Two names for one thing. @throws RetouchError invalid_value where they say different things */
function toOne<T extends string | number>(
  [name, value]: Named<T>,
  [otherName, other]: Named<T>,
): T | undefined {
  const one = value ?? other ?? undefined;
  if ((other ?? one) === one) return one;
  throw new RetouchError(
    'invalid_value',
    `'${otherName}' is ${JSON.stringify(other)} and '${name}' is ${JSON.stringify(value)}; send one of them.`,
    { param: otherName },
  );
}
