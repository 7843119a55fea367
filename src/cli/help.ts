import type { Setting, Settings } from '../core/setting.ts';

/** What `--help` prints. */
export function toHelp(settings: Readonly<Record<string, Settings>>): string {
  const rows = Object.values(settings).flatMap((slice) => Object.values(slice).map(toRow));
  return [
    'Retouch: one OpenAI-compatible endpoint to edit images with any model.',
    '',
    'Usage: npm start                 start the gateway',
    '       npm start -- --help       this page',
    '       npm start -- --version    the version',
    '',
    'Settings are environment variables; none is needed.',
    '',
    ...rows,
  ].join('\n');
}

function toRow(setting: Setting<unknown>): string {
  const value = setting.default === undefined ? 'not set' : String(setting.default);
  return `  ${setting.env}\n      ${wrap(setting.doc, 94, '      ')}\n      Default: ${value}\n`;
}

function wrap(text: string, width: number, indent: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1] ?? '';
    if (line !== '' && line.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join(`\n${indent}`);
}
