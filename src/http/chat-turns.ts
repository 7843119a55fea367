import type { Turn, TurnPart } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { Arrival } from '../intake/index.ts';
import type { ChatPart, ChatTurn } from '../wire/index.ts';

/** More than any model takes; what is too much for the model that is asked, routing says. */
const maxPictures = 64;

/** Gets the texts and pictures of a conversation from where the body has them. @throws RetouchError */
export async function readTurns(arrival: Arrival, turns: readonly ChatTurn[]): Promise<readonly Turn[]> {
  checkPictures(turns);
  return Promise.all(
    turns.map(async ({ role, parts }) => ({
      role,
      parts: await Promise.all(parts.map((part) => readPart(arrival, part))),
    })),
  );
}

async function readPart(arrival: Arrival, part: ChatPart): Promise<TurnPart> {
  const { name, signature: source } = part;
  const signature =
    source === undefined
      ? {}
      : { signature: arrival.toSignature(`${name}.provider_metadata.signature`, source) };
  return part.type === 'text'
    ? { type: 'text', text: await arrival.readText(name, part.text), ...signature }
    : { type: 'image', image: await arrival.readPicture(name, part.url), ...signature };
}

export function countPictures(turns: readonly ChatTurn[]): number {
  return turns.reduce((sum, { parts }) => sum + parts.filter(({ type }) => type === 'image').length, 0);
}

function checkPictures(turns: readonly ChatTurn[]): void {
  const pictures = turns.flatMap(({ parts }) => parts.filter(({ type }) => type === 'image'));
  const surplus = pictures[maxPictures];
  if (!surplus) return;
  throw new RetouchError(
    'too_many_images',
    `The conversation has ${pictures.length} pictures; at most ${maxPictures} are read. Leave out the oldest.`,
    { param: surplus.name },
  );
}
