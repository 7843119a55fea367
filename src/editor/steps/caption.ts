import { refuse } from '../refusal.ts';
import type { Step } from '../step.ts';

const maxCharacters = 500;
/** Height of the letters, of the picture's. */
const sizes = { small: 0.04, large: 0.12 };
const usualSize = 0.07;

const verb = '(add|put|write|place|print|insert|with)';
const noun = '(caption|text|title|label|words|heading)';
const place = '[centred] [at|on|in|to|near] {anchor} [corner|edge]';
// Letters are bold as they are.
const ink = [
  'in [colour] {colour} [letters|text|colour|font]',
  '(in|with) <{lettering}|{colour}|bold> (letters|text|lettering|font|type)',
  '{colour} (letters|text)',
  'in bold',
].join('|');
const details = `${place}|${ink}`;
const named = `<{colour}|{lettering}|bold> ${noun} [says|saying|reading|with [text]] {text} <${details}>`;
const carries = { carries: 'write' } as const;

export const caption: Step = {
  name: 'caption',
  does: 'Writes a text in quotes onto the picture, at the bottom and in white where nothing else is said.',
  phrases: {
    [`${verb} ${named}`]: carries,
    [named]: { ...carries, each: ['anchor'] },
    [`${verb} {text} [as ${noun}] <${details}>`]: carries,
    [`${verb} [${noun}] <${details}> {text} <${details}>`]: carries,
    [`${noun} <${details}> {text} <${details}>`]: { ...carries, each: ['anchor'] },
    [`<${details}> ${verb} [${noun}] {text} <${ink}>`]: carries,
    [`{text} <${details}>`]: { ...carries, after: 'write', each: ['anchor', 'colour', 'lettering'] },
    [`([${verb}] <{colour}|{lettering}|bold> ${noun} <${details}>|write)`]: {
      asks: 'say which text, in quotes: add the caption "Hello"',
    },
  },
  examples: [
    {
      say: 'add the caption "Hello" at the bottom',
      gives: [{ op: 'caption', text: 'Hello', anchor: 'bottom', colour: '#ffffff', sizeFraction: usualSize }],
    },
    {
      say: 'write “Summer 2026” in yellow in the top left corner',
      gives: [
        {
          op: 'caption',
          text: 'Summer 2026',
          anchor: 'top-left',
          colour: '#ffff00',
          sizeFraction: usualSize,
        },
      ],
    },
    {
      say: "put a small black text saying 'it works' in the middle",
      gives: [
        { op: 'caption', text: 'it works', anchor: 'center', colour: '#000000', sizeFraction: sizes.small },
      ],
    },
    {
      say: 'caption it "A, B and C" in large letters',
      gives: [
        { op: 'caption', text: 'A, B and C', anchor: 'bottom', colour: '#ffffff', sizeFraction: sizes.large },
      ],
    },
  ],
  // Two texts in one place could not be read.
  settles: ({ text = '', anchor = 'bottom' }) => ({ [`text (${anchor})`]: text }),
  toOperations({ text = '', anchor = 'bottom', colour = '#ffffff', lettering, words }) {
    // Control characters cannot be drawn; a line break can.
    const drawn = text.replace(/[\p{Cc}--[\n]]+/gv, ' ').trim();
    if (drawn === '') throw refuse(words, 'there is no text between the quotes.');
    if (drawn.length > maxCharacters) {
      throw refuse(words, `a caption has at most ${maxCharacters} characters; this one has ${drawn.length}.`);
    }
    if (colour === 'transparent') throw refuse(words, 'transparent text would not show.');
    const sizeFraction = lettering === undefined ? usualSize : sizes[lettering];
    return [{ op: 'caption', text: drawn, anchor, colour, sizeFraction }];
  },
};
