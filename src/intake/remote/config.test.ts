import { expect, test } from 'vitest';
import { findPlaces } from './allow.ts';
import { remoteSettings } from './config.ts';

test.each([
  ['minio.internal:9000', ['minio.internal:9000']],
  ['Pictures.LAN', ['pictures.lan:80', 'pictures.lan:443']],
  ['bücher.example:80', ['xn--bcher-kva.example:80']],
  ['10.0.0.5:443', ['10.0.0.5:443']],
  ['[::1]:9000', ['[::1]:9000']],
  ['[fd00:0::1]', ['[fd00::1]:80', '[fd00::1]:443']],
])('%s allows %j', (entry, places) => {
  expect(findPlaces(entry)).toEqual(places);
});

test.each([
  '',
  ':80',
  'host:',
  'host:0',
  'host:65536',
  'host:http',
  'http://host',
  'host/path',
  'user@host',
  '*.example.com',
  '::1',
  'a b',
  'host?',
  'host#',
  '[::1',
  '[::1%eth0]',
  '10.0.0.0/8',
  '999.1.1.1',
])('%j is not host[:port]', (entry) => {
  expect(findPlaces(entry)).toBeUndefined();
});

test('the list of allowed hosts is split at commas, and one bad entry spoils it', () => {
  const { schema } = remoteSettings.imageUrlAllow;
  expect(schema.parse(' a.lan:81 , [::1]:9000,')).toEqual(['a.lan:81', '[::1]:9000']);
  expect(schema.parse('')).toEqual([]);
  expect(schema.safeParse('a.lan, http://b.lan').success).toBe(false);
  expect(schema.safeParse(remoteSettings.imageUrlAllow.example).success).toBe(true);
});
