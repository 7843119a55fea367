import type { EditCall, EditParameters, Warning } from '../../core/edit.ts';
import { RetouchError } from '../../core/errors.ts';
import type { InputImage } from '../../core/image.ts';
import { type EditPlan, type Instruction, planEdit, readInstructions } from '../../editor/index.ts';
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
 * visible stamp. A mask confines both.
 */
export async function paint(lab: Lab, order: PaintOrder): Promise<Painting> {
  try {
    return await draw(lab, order, readInstructions(order.call.request.prompt), []);
  } catch (error) {
    if (!isBeyondEditor(error)) throw error;
    return draw(lab, order, [], [toStamp(order.call)]);
  }
}

/** With a mask in two goes, for a mask fits the picture only as it came. */
async function draw(
  lab: Lab,
  order: PaintOrder,
  instructions: readonly Instruction[],
  extra: readonly Operation[],
): Promise<Painting> {
  const { call, image, parameters, signal } = order;
  const { mask } = call.request;
  const toPlan = (steps: readonly Instruction[], wanted: EditParameters, masked: boolean): EditPlan =>
    planEdit(steps, { image: image.facts, masked, parameters: wanted });
  const render = ({ recipe }: EditPlan, operations: readonly Operation[], source = image.content) =>
    lab.render({
      ...{ image: source, imageName: image.name, openSpool: call.openSpool, signal },
      recipe: { ...recipe, operations: [...recipe.operations, ...operations] },
      ...(mask && source === image.content && { mask: mask.content }),
    });
  const plan = toPlan(mask ? [] : instructions, parameters, false);
  const warnings = plan.warnings.filter(({ param }) => param === 'background');
  if (!mask) return { picture: await render(plan, extra), warnings };
  const inMask = await render(toPlan(instructions, {}, true), extra);
  return { picture: await render(plan, [], inMask.content), warnings };
}

/** The real model would not stumble over this. */
function isBeyondEditor(error: unknown): boolean {
  return error instanceof RetouchError && (error.param === 'prompt' || error.code === 'mask_not_supported');
}

function toStamp({ model, request }: EditCall): Operation {
  const text = request.prompt.slice(0, maxStampCharacters);
  return { op: 'stamp', title: 'TEST MODE', text: `${model.id}: ${text}` };
}
