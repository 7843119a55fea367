import { setTimeout as delay } from 'node:timers/promises';
import { cancellable } from '../../core/cancellable.ts';
import type { EditCall, EditOutcome, EditParameters } from '../../core/edit.ts';
import type { Provider } from '../contract.ts';
import { present, type StudioParts } from '../present.ts';
import { foreseeUsage } from '../tokens.ts';
import { blank } from './blank.ts';
import { resolveQuality, resolveSize } from './likeness.ts';
import { paint } from './paint.ts';
import { type Fault, readSimulation, toError } from './simulation.ts';
import { say, wantsWords } from './words.ts';

export function createEdit(parts: StudioParts): Provider['edit'] {
  return (call, signal) =>
    cancellable(signal, async () => {
      const { delayMs, fault } = readSimulation(call.request.simulate);
      await call.beforeDispatch();
      await delay(delayMs, undefined, { signal });
      if (!fault) return edit(parts, call, signal);
      if (fault.isLate) await edit(parts, breakOff(call, fault), signal);
      else await delay(fault.afterMs ?? 0, undefined, { signal });
      throw toError(fault);
    });
}

/** Answers as the model of the call would: same size, format, quality and usage; the picture is our own. */
async function edit(parts: StudioParts, call: EditCall, signal: AbortSignal): Promise<EditOutcome> {
  if (wantsWords(call)) return say(call, parts.now);
  const { request, model } = call;
  const image = request.images[0] ?? blank;
  const parameters: EditParameters = {
    ...call.parameters,
    size: resolveSize(model, call.parameters, request.images[0]?.facts),
    background: call.parameters.background === 'transparent' ? 'transparent' : 'opaque',
  };
  const painting = await paint(parts.lab, { call, image, parameters, signal });
  return present(
    parts,
    call,
    {
      ...painting,
      quality: resolveQuality(model, parameters),
      toUsage: (facts, images) => foreseeUsage(model, { request, parameters, facts, images }),
    },
    signal,
  );
}

/** The caller gets the first partial picture, if any was to come, and then nothing more. */
function breakOff(call: EditCall, fault: Fault): EditCall {
  const { emit } = call;
  if (!emit) return call;
  return {
    ...call,
    async emit(event) {
      if (event.type === 'partial') await emit(event);
      throw toError(fault);
    },
  };
}
