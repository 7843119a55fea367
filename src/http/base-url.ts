/** The address callers use, without a trailing slash. */
export function toBaseUrl(config: { host: string; port: number; publicUrl: string | undefined }): string {
  const { host, port, publicUrl } = config;
  if (publicUrl !== undefined) return publicUrl;
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
