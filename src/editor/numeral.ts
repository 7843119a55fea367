/** How people write numbers, and what stands for a point or for nothing in each. Signs come before. */
const forms: readonly { written: RegExp; point: string; thousands: string }[] = [
  { written: /^\d+(?:\.\d+)?$/v, point: '.', thousands: '' },
  { written: /^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/v, point: '.', thousands: ',' },
  { written: /^\d+,\d+$/v, point: ',', thousands: '' },
  { written: /^[1-9]\d{0,2}(?:\.\d{3})+,\d+$/v, point: ',', thousands: '.' },
  { written: /^[1-9]\d{0,2}(?:\.\d{3}){2,}$/v, point: ',', thousands: '.' },
];

/** More are no amount of anything here. */
const maxCharacters = 12;

/** `20`, `1.5`, `12,5`, `1,024`: no sign. Undefined where it can be no number. */
export function readNumeral(text: string): number | undefined {
  if (text.length > maxCharacters) return undefined;
  const form = forms.find(({ written }) => written.test(text));
  return form && Number(text.replaceAll(form.thousands, '').replace(form.point, '.'));
}

/** `1.000` is a thousand to some and one to others. Undefined where there is no doubt; else both. */
export function findReadings(text: string): readonly [number, number] | undefined {
  if (!/^[1-9]\d{0,2}\.\d{3}$/v.test(text)) return undefined;
  return [Number(text.replace('.', '')), Number(text)];
}
