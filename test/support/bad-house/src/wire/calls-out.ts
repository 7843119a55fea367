// biome: lint/style/noRestrictedGlobals
export const call = (): Promise<Response> => fetch('http://127.0.0.1');
