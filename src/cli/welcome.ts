export interface Welcome {
  baseUrl: string;
  version: string;
  dataDirectory: string;
  /** A picture that is there, for the first edit. */
  examplePath: string;
  /** Set on the first start of a data folder: shown now and never again. */
  keys?: { live: string; test: string; admin?: string } | undefined;
  /** Vendors that cannot be called, and what to set. */
  missing: readonly string[];
}

/** The page that a start prints for people. */
export function toWelcome(welcome: Welcome): string {
  const { baseUrl, version, dataDirectory, keys } = welcome;
  const head = [`Retouch ${version} is ready at ${baseUrl}/api/v1`, ''];
  const body = keys ? toFirstStart(welcome, keys) : toLaterStart(baseUrl);
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

function toFirstStart({ baseUrl, examplePath }: Welcome, keys: NonNullable<Welcome['keys']>): string[] {
  return [
    'Your keys, shown this once:',
    '',
    `  live key    ${keys.live}    edits for real`,
    `  test key    ${keys.test}    answers of the same shape, at no cost`,
    ...(keys.admin === undefined ? [] : [`  admin key   ${keys.admin}   makes and revokes keys`]),
    '',
    'Edit your first picture: paste this line, then look at edited.png.',
    '',
    `  ${toFirstEdit(baseUrl, keys.live, examplePath)}`,
  ];
}

/** One line for a shell, with nothing but curl and what every system has. */
function toFirstEdit(baseUrl: string, key: string, examplePath: string): string {
  return (
    `curl -s ${baseUrl}/api/v1/images/edits -H 'Authorization: Bearer ${key}' -F model=local/retouch ` +
    `-F 'image=@"${examplePath}"' -F 'prompt=make it black and white, then add the caption "Hello"' ` +
    `-F response_format=url | grep -o 'http[^"]*' | xargs curl -so edited.png`
  );
}

function toLaterStart(baseUrl: string): string[] {
  return [
    'Another key (with the admin key of the first start, or set RETOUCH_ADMIN_KEY to choose one):',
    '',
    `  curl -s ${baseUrl}/admin/v1/keys -H "Authorization: Bearer $RETOUCH_ADMIN_KEY" ` +
      `-H 'Content-Type: application/json' -d '{"name":"my program","mode":"live"}'`,
  ];
}
