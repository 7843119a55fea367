const entryForm = /^(\[[\da-f:.]+\]|[^\s/\\@?#:[\]*]+)(?::(\d{1,5}))?$/i;

/** The places (`host:port`) that a `host[:port]` opens; without a port 80 and 443. Undefined: not that form. */
export function findPlaces(entry: string): readonly string[] | undefined {
  const [, host = '', port] = entryForm.exec(entry.trim()) ?? [];
  const hostname = URL.parse(`http://${host}`)?.hostname;
  if (!hostname || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) return undefined;
  return (port === undefined ? [80, 443] : [Number(port)]).map((number) => `${hostname}:${number}`);
}

/** Where a URL leads, in the same words. */
export function toPlace(url: URL): string {
  return `${url.hostname}:${toPort(url)}`;
}

export function toPort(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
