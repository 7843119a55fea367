export interface Welcome {
  baseUrl: string;
  version: string;
  dataDirectory: string;
  /** A picture that is there, for the first edit. */
  examplePath: string;
  /** Those made at this start: shown now and never again. */
  keys?: { callers?: { live: string; test: string }; admin?: string } | undefined;
  /** Vendors that cannot be called, and what to set. */
  missing: readonly string[];
}

/** The page that a start prints for people. */
export function toWelcome(welcome: Welcome): string {
  const { baseUrl, version, dataDirectory, keys } = welcome;
  const head = [`Retouch ${version} is ready at ${baseUrl}/api/v1`, ''];
  const body = [
    ...toKeys(keys),
    ...(keys?.callers ? toFirstEdit(welcome, keys.callers.live) : toAnotherKey(baseUrl)),
  ];
  const vendors = welcome.missing.map((wish) => `  ${wish}`);
  return [
    ...head,
    ...body,
    ...(vendors.length > 0 ? ['', 'Models of other vendors wait for their keys:', ...vendors] : []),
    '',
    `Everything is kept in ${dataDirectory}. Stop with Ctrl+C.`,
    '',
  ].join('\n');
}

function toKeys({ callers, admin }: NonNullable<Welcome['keys']> = {}): string[] {
  const rows = [
    ...(callers
      ? [
          `  live key    ${callers.live}    edits for real`,
          `  test key    ${callers.test}    answers of the same shape, at no cost`,
        ]
      : []),
    ...(admin === undefined ? [] : [`  admin key   ${admin}   makes and revokes keys`]),
  ];
  if (rows.length === 0) return [];
  return [rows.length === 1 ? 'Your key, shown this once:' : 'Your keys, shown this once:', '', ...rows, ''];
}

function toFirstEdit({ baseUrl, examplePath }: Welcome, key: string): string[] {
  return [
    'Edit your first picture: paste this line, then look at edited.png.',
    '',
    `  ${toFirstLine(baseUrl, key, examplePath)}`,
  ];
}

/** One line for a shell, with nothing but curl and what every system has. */
function toFirstLine(baseUrl: string, key: string, examplePath: string): string {
  const image = quote(`image=@"${examplePath.replace(/[\\"]/g, '\\$&')}"`);
  return (
    `curl -s ${baseUrl}/api/v1/images/edits -H 'Authorization: Bearer ${key}' -F model=local/retouch ` +
    `-F ${image} -F 'prompt=make it black and white, then add the caption "Hello"' ` +
    `-F response_format=url | grep -o 'http[^"]*' | xargs curl -so edited.png`
  );
}

/** One word for a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function toAnotherKey(baseUrl: string): string[] {
  return [
    'To make another key, paste these lines with your admin key in the first one. (Lost it? Start with',
    'RETOUCH_ADMIN_KEY set to a text of your own: that is the admin key then.)',
    '',
    `  ADMIN_KEY='rt_admin_...'`,
    `  curl -s ${baseUrl}/admin/v1/keys -H "Authorization: Bearer $ADMIN_KEY" ` +
      `-H 'Content-Type: application/json' -d '{"name":"my program","mode":"live"}'`,
  ];
}
