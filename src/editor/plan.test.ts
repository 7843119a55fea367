import { expect, test } from 'vitest';
import type { EditParameters } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import { capabilities } from './capabilities.ts';
import { toSizeAfter } from './geometry.ts';
import { readInstructions } from './instruction.ts';
import { type EditPlan, planEdit } from './plan.ts';

interface Setup {
  parameters?: EditParameters;
  masked?: boolean;
  hasAlpha?: boolean;
  width?: number;
  height?: number;
}

function plan(
  say: string,
  { parameters = {}, masked = false, hasAlpha = false, ...size }: Setup = {},
): EditPlan {
  const image = { orientedWidth: size.width ?? 600, orientedHeight: size.height ?? 400, hasAlpha };
  return planEdit(readInstructions(say), { image, masked, parameters });
}

function toRefusal(say: string, setup: Setup): RetouchError {
  try {
    plan(say, setup);
  } catch (error) {
    if (error instanceof RetouchError) return error;
    throw error;
  }
  throw new Error(`"${say}" was planned`);
}

const toParams = ({ warnings }: EditPlan): string[] => warnings.map(({ param }) => param);

test('steps become operations in the order they were said, each on the picture the one before left', () => {
  const { recipe, warnings } = plan('scale to 50%, then add a border of 10%, rotate 90 degrees, pad by 10%');
  expect(recipe.operations).toEqual([
    { op: 'scale', factor: 0.5 },
    { op: 'pad', top: 20, right: 20, bottom: 20, left: 20, colour: '#000000' },
    { op: 'rotate', degrees: 90 },
    { op: 'pad', top: 24, right: 24, bottom: 24, left: 24, colour: 'transparent' },
  ]);
  expect(warnings).toEqual([]);
});

test('without parameters the result is a png of the size that the steps give, and keeps its transparency', () => {
  expect(plan('blur').recipe).toMatchObject({
    operations: [{ op: 'blur' }],
    background: 'transparent',
    output: { format: 'png', alpha: 'keep' },
  });
});

test('size=auto is the size that the steps give', () => {
  expect(plan('blur', { parameters: { size: 'auto' } }).recipe.operations).toHaveLength(1);
});

test('a size of the same shape is scaled to', () => {
  const { recipe, warnings } = plan('blur', { parameters: { size: '300x200' } });
  expect(recipe.operations.at(-1)).toEqual({ op: 'resize', width: 300, height: 200, fit: 'cover' });
  expect(warnings).toEqual([]);
});

test('a size of another shape is filled, and what that cuts off is said', () => {
  const { recipe, warnings } = plan('rotate left', { parameters: { size: '1024x1024' } });
  expect(recipe.operations.at(-1)).toEqual({ op: 'resize', width: 1024, height: 1024, fit: 'cover' });
  expect(warnings).toEqual([
    { param: 'size', message: '400x600 has another shape than 1024x1024: the edges were cut off.' },
  ]);
});

const border = (length: number, colour = '#000000') => ({
  ...{ op: 'pad', top: length, right: length, bottom: length, left: length, colour },
});
const toSize = (width: number, height: number, fit = 'cover') => ({ op: 'resize', width, height, fit });

test('what is laid on at the end comes after the size, and a border lies inside it', () => {
  const say = 'make it warmer, add a white border of 10 px and the caption "Hi", round the corners by 30 px';
  const { recipe, warnings } = plan(say, { parameters: { size: '1024x1024' } });
  expect(recipe.operations).toMatchObject([
    { op: 'matrix' },
    toSize(1004, 1004),
    border(10, '#ffffff'),
    { op: 'caption', text: 'Hi' },
    { op: 'round-corners', radius: 30 },
  ]);
  expect(warnings).toEqual([
    { param: 'size', message: '600x400 has another shape than 1004x1004: the edges were cut off.' },
  ]);
});

test('a border that is a share of the picture is one of the picture that is left inside', () => {
  const { recipe } = plan('add a border of 10%', { parameters: { size: '1200x1000' } });
  expect(recipe.operations).toEqual([toSize(1034, 834), border(83)]);
});

test('borders on some sides only, and several of them, leave the size exact', () => {
  const say = 'add 51 px of white space at the bottom, a 7 px border and a border of 3%';
  for (const size of ['1024x1024', '300x999', '801x77']) {
    const { recipe } = plan(say, { parameters: { size } });
    const final = recipe.operations.reduce((canvas, operation) => toSizeAfter(operation, canvas), {
      ...{ width: 600, height: 400 },
    });
    expect(`${final.width}x${final.height}`).toBe(size);
  }
});

test('a border that leaves no room for the picture is refused', () => {
  const error = toRefusal('add a border of 60 px', { parameters: { size: '100x400' } });
  expect(error).toMatchObject({ code: 'invalid_value', param: 'prompt' });
  expect(error.message).toContain('size=100x400 leaves no room for the picture inside its border');
});

test('what was laid on before the picture was turned or cut is not cut off by the size: room is added', () => {
  const say = 'add the caption "Hi" and rotate the picture left';
  const { recipe, warnings } = plan(say, { parameters: { size: '1024x1024', background: 'opaque' } });
  expect(recipe.operations).toMatchObject([
    { op: 'caption' },
    { op: 'rotate' },
    toSize(1024, 1024, 'contain'),
  ]);
  expect(warnings).toEqual([
    { param: 'size', message: '400x600 has another shape than 1024x1024: room was added at the edges.' },
  ]);
  expect(plan(say, { parameters: { size: '800x1200' } })).toMatchObject({ warnings: [] });
});

test('a size in the prompt that size overrides is told', () => {
  const { recipe, warnings } = plan('resize to 300x200 and add a thin border', {
    parameters: { size: '912x612' },
  });
  expect(recipe.operations).toMatchObject([toSize(300, 200), toSize(900, 600), border(6)]);
  expect(warnings).toEqual([
    { param: 'size', message: 'The steps give 300x200, which was scaled to 900x600.' },
  ]);
});

test('where the whole picture is to be seen, another shape is filled up', () => {
  const subject = { orientedWidth: 600, orientedHeight: 400, hasAlpha: false };
  const whole = { image: subject, masked: false, whole: true };
  const { recipe, warnings } = planEdit([], { ...whole, parameters: { size: '500x500' } });
  expect(recipe.operations).toEqual([toSize(500, 500, 'contain')]);
  expect(warnings.map(({ param }) => param)).toEqual(['size']);
  const alike = planEdit([], { ...whole, parameters: { size: '300x200' } });
  expect(alike).toMatchObject({ recipe: { operations: [toSize(300, 200)] }, warnings: [] });
});

test.each(['crop to 3:2', 'crop to 600x400', 'resize to 600x400', 'pad to 3:2'])(
  '"%s" says so where the picture is that already',
  (say) => {
    expect(plan(say).warnings).toEqual([
      { param: 'prompt', message: `"${say}" changed nothing: the picture was 600x400 already.` },
    ]);
  },
);

test.each([
  ['add a border', false],
  ['blur', false],
  ['rotate left', true],
  ['crop to 4:3', true],
])('whether "%s" reshapes the picture: %s', (say, reshaped) => {
  expect(plan(say).reshaped).toBe(reshaped);
});

test('a resize in the prompt that cuts says so too', () => {
  expect(toParams(plan('resize to 100x100'))).toEqual(['prompt']);
  expect(toParams(plan('resize to 300x200'))).toEqual([]);
  expect(toParams(plan('resize to 100 px wide'))).toEqual([]);
  expect(toParams(plan('stretch to 100x100'))).toEqual([]);
});

test('background=opaque makes white what would be transparent', () => {
  const { recipe, warnings } = plan('rotate by 10 degrees, pad to a square', {
    parameters: { background: 'opaque' },
    hasAlpha: true,
  });
  expect(recipe).toMatchObject({ background: '#ffffff', output: { alpha: 'opaque' } });
  expect(recipe.operations.at(-1)).toMatchObject({ colour: '#ffffff' });
  expect(warnings).toEqual([]);
});

test('jpeg makes white what would be transparent, and says so', () => {
  const parameters = { output_format: 'jpeg' };
  const { recipe, warnings } = plan('round the corners', { parameters });
  expect(recipe).toMatchObject({
    background: '#ffffff',
    output: { format: 'jpeg', compression: 100, alpha: 'opaque' },
  });
  expect(warnings.map(({ param }) => param)).toEqual(['output_format']);
  expect(toParams(plan('blur', { parameters, hasAlpha: true }))).toEqual(['output_format']);
  expect(toParams(plan('blur', { parameters }))).toEqual([]);
});

test.each([
  ['blur', false, ['background']],
  ['blur', true, []],
  ['rotate by 10 degrees', false, []],
  ['rotate by 90 degrees', false, ['background']],
  ['round the corners', false, []],
  ['pad by 10 px', false, []],
  ['pad by 10 px with white', false, ['background']],
])('background=transparent with "%s" (alpha in the picture: %s) warns about %j', (say, hasAlpha, params) => {
  const planned = plan(say, { parameters: { background: 'transparent' }, hasAlpha });
  expect(planned.recipe).toMatchObject({ background: 'transparent', output: { alpha: 'keep' } });
  expect(toParams(planned)).toEqual(params);
});

test('compression is passed on for jpeg and webp', () => {
  const toOutput = (parameters: EditParameters) => plan('blur', { parameters }).recipe.output;
  expect(toOutput({ output_format: 'webp', output_compression: 40 })).toMatchObject({ compression: 40 });
  expect(toOutput({ output_format: 'jpeg', output_compression: 0 })).toMatchObject({ compression: 0 });
  expect(toOutput({ output_format: 'png', output_compression: 100 })).toEqual({
    format: 'png',
    alpha: 'keep',
  });
});

test('a mask confines the steps that leave pixels in their place', () => {
  expect(plan('blur it, make it brighter and add the caption "x"', { masked: true }).warnings).toEqual([]);
});

const moving = [
  'rotate 90 degrees',
  'flip horizontally',
  'crop to a square',
  'crop to 100x100',
  'resize to 50%',
  'resize to 100x100',
  'pad by 10 px',
  'pad to a square',
  'add a border',
  'round the corners',
];

test.each(moving)('a mask together with "%s" is refused, naming the step', (say) => {
  const error = toRefusal(`blur it, ${say}`, { masked: true });
  expect(error).toMatchObject({ code: 'mask_not_supported', param: 'mask' });
  expect(error.message).toContain(`A mask cannot confine "${say}"`);
});

test('a mask together with another size is refused; the size of the picture is fine', () => {
  const error = toRefusal('blur', { masked: true, parameters: { size: '1024x1024' } });
  expect(error).toMatchObject({ code: 'mask_not_supported', param: 'mask' });
  expect(error.message).toContain('size=1024x1024');
  const { recipe } = plan('blur', { masked: true, parameters: { size: '600x400' } });
  expect(recipe.operations).toHaveLength(1);
});

test.each([
  [{ output_format: 'jpeg' }, ['output_format']],
  [{ output_format: 'webp', output_compression: 90 }, ['output_format']],
  [{ output_format: 'webp' }, ['output_format']],
  [{ output_format: 'png' }, []],
])('a mask with %j warns about %j: only png keeps pixels identical', (parameters, params) => {
  expect(toParams(plan('blur', { masked: true, parameters }))).toEqual(params);
});

test.each([
  ['scale by 100', 'prompt', '60000x40000'],
  ['resize to 16385 px wide', 'prompt', '16385x10923'],
  ['resize to 9000x9000', 'prompt', '9000x9000'],
  ['add a border of 99999 px', 'prompt', '200598x200398'],
  ['pad to 1:9999', 'prompt', '600x5999400'],
])('"%s" is refused before any work', (say, param, size) => {
  const error = toRefusal(say, {});
  expect(error).toMatchObject({ code: 'image_dimensions_too_large', param });
  expect(error.message).toContain(`${size} px; the most is 16384 px a side`);
});

test('a result that only grows too large on the way is refused as well', () => {
  const error = toRefusal('scale by 50, resize to 100x100', {});
  expect(error.message).toContain('"scale by 50" asks for a picture of 30000x20000 px');
});

test('what cannot be done to this picture is refused with its size', () => {
  const error = toRefusal('rotate left, crop to 500x300', {});
  expect(error.message).toContain('"crop to 500x300": the picture is then 400x600 px');
});

test.each([
  ['crop to 800x600', '"crop it to 16:9", "crop to a square"'],
  ['make it 900% brighter', '"make it 20% brighter", "increase the brightness by 20%"'],
  ['increase brightness and contrast by 900%', '"increase brightness and contrast by 20%"'],
])('"%s" is refused with what would be understood', (say, examples) => {
  const { message } = toRefusal(say, {});
  expect(message).toContain(` Nothing was edited. What is understood, for example: ${examples}`);
});

test.each([
  ['turn left, turn right', '"turn left" and "turn right"'],
  ['flip horizontally, then flip horizontally', '"flip horizontally" and "flip horizontally"'],
  ['flip horizontally and also horizontally', '"flip horizontally" and "horizontally"'],
  ['invert, invert', '"invert" and "invert"'],
  ['invert, rotate left and invert', '"invert" and "invert"'],
  [
    'rotate 90 degrees left, then rotate 90 degrees right',
    '"rotate 90 degrees left" and "rotate 90 degrees right"',
  ],
  ['rotate 180 degrees and turn it upside down', '"rotate 180 degrees" and "turn it upside down"'],
  ['mirror it. mirror it.', '"mirror" and "mirror"'],
  ['mirror it, make it warmer, mirror it', '"mirror" and "mirror"'],
  ['turn left, shrink by half, turn right', '"turn left" and "turn right"'],
  ['blur it, rotate to portrait and turn left', '"rotate to portrait" and "turn left"'],
  ['rotate by 10 degrees, then rotate by -10 degrees', '"rotate by 10 degrees" and "rotate by -10 degrees"'],
  [
    'turn left, flip horizontally, turn left, mirror',
    '"turn left", "flip horizontally", "turn left" and "mirror"',
  ],
  [
    'flip horizontally and vertically, turn upside down',
    '"flip horizontally", "vertically" and "turn upside down"',
  ],
  ['turn right, turn left, turn left', '"turn right" and "turn left"'],
  ['double the size, then halve the size', '"double the size" and "halve the size"'],
  [
    'add a border of 10 px, then crop 10 px from each side',
    '"add a border of 10 px" and "crop 10 px from each side"',
  ],
  ['pad to a square, then crop to 3:2', '"pad to a square" and "crop to 3:2"'],
  ['pad left by 20 px, crop 20 px off the left', '"pad left by 20 px" and "crop 20 px off the left"'],
  ['enlarge to 1200 px wide, shrink by half', '"enlarge to 1200 px wide" and "shrink by half"'],
])('"%s" is refused: steps undo each other', (say, undone) => {
  const error = toRefusal(say, {});
  expect(error).toMatchObject({ code: 'instruction_not_understood', param: 'prompt' });
  expect(error.message).toBe(`${undone} undo each other; leave them out. Nothing was edited.`);
});

test.each([
  ['turn left, turn left', 2],
  ['flip horizontally and vertically', 2],
  ['flip horizontally, turn left, flip horizontally', 3],
  ['invert, make it darker, invert', 3],
  ['turn left, write "Hi" at the bottom, turn right', 3],
  ['turn left, crop to 16:9, turn right', 3],
  ['rotate by 10 degrees, rotate by 80 degrees', 2],
  ['halve the size, then double the size', 2],
  ['shrink by half, scale by 4, scale by 0.5', 3],
  ['double the size, blur it, halve the size', 3],
  ['pad left by 20 px, crop 20 px off the right', 2],
  ['add a border of 10 px, then crop to 16:9', 2],
  ['crop 10 px from each side, then add a border of 10 px', 2],
])('"%s" leaves something behind', (say, count) => {
  expect(plan(say).recipe.operations).toHaveLength(count);
});

test('capabilities are told for the docs, with examples', () => {
  expect(capabilities).toContainEqual(
    expect.objectContaining({ name: 'blur', masked: true, examples: expect.arrayContaining(['Blur']) }),
  );
  expect(capabilities.filter(({ masked }) => !masked).map(({ name }) => name)).toEqual([
    'rotate',
    'flip',
    'crop',
    'resize',
    'pad',
    'border',
    'rounded corners',
  ]);
});

test('Corners rounder than round are as round as can be, and that is said', () => {
  const { recipe, warnings } = plan('rounded corners of 1000 px');
  expect(recipe.operations).toEqual([{ op: 'round-corners', radius: 1000 }]);
  expect(warnings).toEqual([
    {
      param: 'prompt',
      message: '"rounded corners of 1000 px" became 200 px, half the short side of 600x400.',
    },
  ]);
  expect(plan('rounded corners of 200 px').warnings).toEqual([]);
});
