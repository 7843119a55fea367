import { refuse } from '../refusal.ts';
import type { Step } from '../step.ts';

const maxCharacters = 500;
/** Height of the letters, of the picture's. */
const sizes = { small: 0.04, large: 0.12 };
const usualSize = 0.07;

const verb = '(add|put|write|place|print|insert|with)';
const noun = '(caption|text|title|label|words|heading)';
const details = [
  '[at|on|in|to|near] {anchor} [corner|edge]',
  'in [colour] {colour} [letters|text]',
  '{colour} (letters|text)',
  'in {lettering} (letters|text)',
].join('|');

export const caption: Step = {
  name: 'caption',
  does: 'Writes a text in quotes onto the picture, at the bottom and in white where nothing else is said.',
  phrases: {
    [`[${verb}] <{colour}|{lettering}> ${noun} [says|saying|reading|with [text]] {text} <${details}>`]: {},
    [`${verb} {text} [as ${noun}] <${details}>`]: {},
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
