import type { EditCall, EditParameters, Warning } from '../../core/edit.ts';
import { RetouchError } from '../../core/errors.ts';
import type { InputImage } from '../../core/image.ts';
import {
  type EditPlan,
  type Instruction,
  isFinish,
  type PlanSubject,
  planEdit,
  readInstructions,
} from '../../editor/index.ts';
import type { Lab, Operation, RenderedImage } from '../../images/index.ts';

export interface PaintOrder {
  call: EditCall;
  image: InputImage;
  /** Of the result, with nothing left to resolve. */
  parameters: EditParameters;
  signal: AbortSignal;
}

export interface Painting {
  picture: RenderedImage;
  warnings: readonly Warning[];
}

/** Longer texts would not fit into the stamp. */
const maxStampCharacters = 500;

/**
 * A picture that looks like an answer: edited where the embedded editor can do what the prompt says, or else with a
 * visible stamp, and notice. A mask confines both. Where the model is the embedded editor itself, it is what it would
 * be with a live key. @throws RetouchError as the embedded editor does, for that model
 */
export async function paint(lab: Lab, order: PaintOrder): Promise<Painting> {
  const { model, request } = order.call;
  if (model.tokens.kind === 'free') return paintForReal(lab, order);
  try {
    return await draw(lab, order, readInstructions(request.prompt), []);
  } catch (error) {
    if (!isBeyondEditor(error)) throw error;
    const { picture, warnings } = await draw(lab, order, [], [toStamp(order.call)]);
    return { picture, warnings: [...warnings, stamped] };
  }
}

async function paintForReal(lab: Lab, { call, image, signal }: PaintOrder): Promise<Painting> {
  const { request, parameters, openSpool } = call;
  const subject = { image: image.facts, masked: request.mask !== undefined, parameters };
  const { recipe, warnings } = planEdit(readInstructions(request.prompt), subject);
  const picture = await lab.render({
    ...{ image: image.content, imageName: image.name, recipe, openSpool, signal },
    ...(request.mask && { mask: request.mask.content }),
  });
  return { picture, warnings };
}

const stamped: Warning = {
  param: 'prompt',
  message:
    'Test mode: the embedded editor, which stands in for the model, cannot do this; the picture is stamped instead of edited.',
};

/** With a mask in two goes, for a mask fits the picture only as it came. */
async function draw(
  lab: Lab,
  order: PaintOrder,
  instructions: readonly Instruction[],
  extra: readonly Operation[],
): Promise<Painting> {
  const { call, image, parameters, signal } = order;
  const { mask } = call.request;
  const toPlan = (steps: readonly Instruction[], subject: Omit<PlanSubject, 'image'>): EditPlan =>
    planEdit(steps, { image: image.facts, ...subject });
  const render = ({ recipe }: EditPlan, operations: readonly Operation[], source = image.content) =>
    lab.render({
      ...{ image: source, imageName: image.name, openSpool: call.openSpool, signal },
      recipe: { ...recipe, operations: [...recipe.operations, ...operations] },
      ...(mask && source === image.content && { mask: mask.content }),
    });
  if (!mask) {
    const plan = toPlan(instructions, { masked: false, parameters });
    return { picture: await render(plan, extra), warnings: toNotices(plan, plan.reshaped) };
  }
  const edit = toPlan(instructions, { masked: true, parameters: {} });
  // What is written where the mask is open may lie at the edge.
  const whole = [...edit.recipe.operations, ...extra].some(isFinish);
  const fit = toPlan([], { masked: false, parameters, whole });
  const edited = await render(edit, extra);
  return { picture: await render(fit, [], edited.content), warnings: toNotices(fit, addsRoom(fit)) };
}

function addsRoom({ recipe }: EditPlan): boolean {
  return recipe.operations.some((operation) => operation.op === 'resize' && operation.fit === 'contain');
}

/** A model brings a picture to its own size without a word; what that does to the prompt's own work is told. */
function toNotices({ warnings }: EditPlan, tellsSize: boolean): readonly Warning[] {
  return tellsSize ? warnings : warnings.filter(({ param }) => param !== 'size');
}

/** What the real model would not stumble over. */
function isBeyondEditor(error: unknown): boolean {
  return error instanceof RetouchError && (error.param === 'prompt' || error.code === 'mask_not_supported');
}

function toStamp({ model, request }: EditCall): Operation {
  const text = request.prompt.slice(0, maxStampCharacters);
  return { op: 'stamp', title: 'TEST MODE', text: `${model.id}: ${text}` };
}
